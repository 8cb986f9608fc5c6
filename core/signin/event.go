package signin

import (
	"strings"
	"time"
	"unicode"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// Options says who signs in where.
type Options struct {
	Provider string // id or alias; ignored when Account is set
	Region   string // empty: the provider's first
	Account  string // id of an account to sign in again; empty: a new account
	Label    string // of a new account; empty: a default one
	// TakeOver signs in also where another host of the fleet signs the account in.
	TakeOver bool
}

// Event is one step of a sign-in: a [CodeIssued], [PollScheduled],
// [Identified], [Asking], [SignedIn] or [Failed]. The last one of an attempt is SignedIn or
// Failed.
type Event interface{ event() }

// CodeIssued is the first event: what the person needs.
type CodeIssued struct {
	UserCode        string
	VerificationURI string
	Complete        bool // the link carries the code; nothing has to be typed
	PageTrusted     bool // the link leads to a page of the provider's; else it is only shown, with a warning
	ExpiresAt       time.Time
	Interval        time.Duration
	Note            string // what a person should know beforehand; may be empty
}

// Trusted reports whether the link may be opened, copied and drawn: it is a page of the
// provider's, and shows as it is.
func (c CodeIssued) Trusted() bool {
	odd := func(r rune) bool { return r == ' ' || !unicode.IsPrint(r) }
	return c.PageTrusted && c.VerificationURI != "" && strings.IndexFunc(c.VerificationURI, odd) < 0
}

// PollScheduled says when the provider is asked next.
type PollScheduled struct {
	NextAt time.Time
	Reason string // why it is later than usual, such as "MiniMax asked to slow down"; empty when it is not
}

// Identified says whose sign-in it is, before anything is stored. It does not
// come where the tokens name nobody.
type Identified struct{ Owner oauth.Identity }

// SignedIn ends a sign-in that worked: the tokens are stored.
type SignedIn struct {
	Account accounts.Account
	Note    string // what the provider wants to say to the person; may be empty
}

// Failed ends a sign-in that did not work: nothing was stored.
type Failed struct{ Err *autherr.Error }

func (CodeIssued) event()    {}
func (PollScheduled) event() {}
func (Identified) event()    {}
func (SignedIn) event()      {}
func (Failed) event()        {}
