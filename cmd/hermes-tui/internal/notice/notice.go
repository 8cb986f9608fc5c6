// Package notice tells a person who is not at the machine that an account needs
// them, or that its plan is nearly used up: it runs a command of theirs with one JSON object on its standard input.
// Where they want that, it begins the sign-in as well, so that the object has the
// link and the code, and approving it on a telephone is all that is left to do.
//
// Of several processes one tells: the one that holds a lock in the state folder.
package notice

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// Event is what a notice is about.
type Event string

// The events.
const (
	NeedsSignIn  Event = "needs_sign_in"  // an account was quarantined, and waits for a person
	SignIn       Event = "sign_in"        // a sign-in of it has begun, and waits for the approval
	SignedIn     Event = "signed_in"      // it was approved: the account serves again
	SignInFailed Event = "sign_in_failed" // it was not
	Plan75       Event = "plan_75"        // three quarters of its tightest window are used, or more
	Plan90       Event = "plan_90"        // nine tenths are
	RoomAgain    Event = "room_again"     // it was used up, and is so no more
)

// Notice is the object that the command reads. It holds no secret but the code,
// which is of use to whoever is signed in at the provider only.
type Notice struct {
	Event    Event     `json:"event"`
	At       time.Time `json:"at"`
	ID       string    `json:"id"`      // of the account
	Account  string    `json:"account"` // its label
	Provider string    `json:"provider"`
	State    string    `json:"state"` // as in `list --json`
	Message  string    `json:"message"`
	Hint     string    `json:"hint,omitempty"` // what to do
	// Of a sign-in that waits:
	URL       string    `json:"verification_uri,omitempty"` // empty where it is not one of the provider's own pages
	Code      string    `json:"user_code,omitempty"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// Of a plan, its tightest window, as far as it was told:
	Window      string    `json:"window,omitempty"`
	UsedPercent *float64  `json:"used_percent,omitempty"`
	ResetsAt    time.Time `json:"resets_at,omitzero"`
}

// about is a notice of an account.
func about(event Event, a core.Account, now time.Time) Notice {
	return Notice{
		Event: event, At: now.UTC(), ID: a.ID, Account: secret.Clean(a.Label, longest), Provider: a.ProviderName, State: string(a.State(now)),
	}
}

// longest bounds a text that somebody else chose.
const longest = 300

// needs says that an account waits for its person.
func needs(a core.Account, now time.Time) Notice {
	n := about(NeedsSignIn, a, now)
	if trouble := a.Trouble(n.Account, now); trouble != nil {
		n.Message, n.Hint = trouble.Message, trouble.Hint
	}
	return n
}

// waits says that a sign-in waits for the approval.
func waits(a core.Account, code core.CodeIssued, now time.Time) Notice {
	n := needs(a, now)
	n.Event, n.Code, n.ExpiresAt = SignIn, code.UserCode, code.ExpiresAt.UTC()
	switch {
	case !code.Trusted():
		n.Hint = "the provider named a page that is not its own; sign in at the machine, if you trust it"
		n.Code = ""
	case code.Complete:
		n.URL, n.Hint = code.VerificationURI, "open the link, check that it shows the code, and approve"
	default:
		n.URL, n.Hint = code.VerificationURI, "open the link and enter the code"
	}
	return n
}

// planned says what is new of an account's plan.
func planned(a core.Account, news usage.News, now time.Time) Notice {
	event := RoomAgain
	switch news.Level {
	case usage.Tightening:
		event = Plan75
	case usage.Tight:
		event = Plan90
	}
	n := about(event, a, now)
	n.Message = secret.Clean(n.Account+" "+news.Words(), longest)
	if w := news.Window; w != nil {
		n.Window, n.UsedPercent, n.ResetsAt = secret.Clean(w.Name, longest), w.Used, w.Resets.UTC()
	}
	return n
}

// failed says why a sign-in came to nothing.
func failed(a core.Account, err *autherr.Error, now time.Time) Notice {
	n := about(SignInFailed, a, now)
	n.Message, n.Hint = secret.Clean(err.Message, longest), err.Hint
	return n
}
