package tui

import (
	"strconv"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// about says in a sentence how an account is doing.
func (k *known) about(a core.Account, state core.State) string {
	who := cells.Clean(a.ProviderName)
	if t := k.attempts.of(a.ID); t != nil {
		return k.aboutAttempt(t)
	}
	if text := ofFleet(k).about(a, state); text != "" {
		return text
	}
	if text := ofFleet(k).aboutClaim(a, state); text != "" {
		return text
	}
	if text := ofFleet(k).aboutUndecided(a, state); text != "" {
		return text
	}
	if a.Discontinued != "" {
		switch state {
		case core.OK, core.Expiring:
			return "Works while its token lives. " + say.Sentence(a.Discontinued)
		case core.Expired:
			return "Its token has ended. " + say.Sentence(a.Discontinued)
		}
	}
	switch state {
	case core.OK:
		return k.aboutOK(a)
	case core.Expiring:
		if a.Unrefreshable {
			return k.aboutOK(a)
		}
		if k.autoRefresh {
			return "About to expire; a new token is being fetched."
		}
		return "About to expire; refreshed at the next request, or now with r."
	case core.Refreshing:
		s := "Fetching a new token since " + say.Rough(max(k.now.Sub(a.RefreshingSince), 0)) + "."
		if a.ExpiresAt.After(k.now) {
			s += " The old one still serves."
		}
		return s
	case core.Expired:
		return "Refreshed at the next request, or now with r. No sign-in needed."
	case core.Paused:
		until := "until you resume it"
		if end := a.Paused.Until; !end.IsZero() {
			until = "until " + say.TimeOfDay(end, k.now, k.location, false)
		}
		return "Out of the rotation " + until + ". It keeps its sign-in, and serves who names it."
	case core.CoolingDown:
		return k.aboutCoolingDown(a, who)
	case core.NeedsSignIn:
		return causeOf(a).reason(a) + k.when(a.Marker) + "."
	case core.NotIncluded:
		return "Signed in, but the plan has no API access. Signing in again cannot help."
	case core.Shared:
		if !a.Live(k.now) {
			return "Its token has ended, and only " + cells.Clean(a.Owner) + " refreshes this sign-in."
		}
		return cells.Clean(a.Owner) + " owns this sign-in; it is used but not refreshed here."
	case core.Locked:
		if k.snap.Store.Kind == "file" {
			return "The keystore is locked. Run hermes-tui unlock, then press r."
		}
		return "The keyring is locked. Unlock it, then press r."
	case core.SignedOut:
		return "No tokens are stored for it."
	default:
		return ""
	}
}

// aboutAttempt says how far a sign-in has come.
func (k *known) aboutAttempt(t *attempt) string {
	switch {
	case t.failed != nil:
		return errorSentence(t.failed)
	case t.question != nil:
		return say.Sentence(t.question.Sentence()) + " Nothing is saved before you decide."
	case t.code == nil:
		return "Asking for a code."
	default:
		return "Waiting for you to approve " + cells.Clean(t.code.UserCode) + " (" + say.Span(say.Until(t.code.ExpiresAt, k.now)) + " left)."
	}
}

func (k *known) aboutOK(a core.Account) string {
	switch {
	case a.GrantEnding(k.now) && !a.GrantExpiresAt.After(k.now):
		return "The sign-in itself ended " + say.Ago(a.GrantExpiresAt, k.now) + ". Sign in again."
	case a.GrantEnding(k.now):
		return "Works, but the sign-in itself ends in " + say.Span(say.Until(a.GrantExpiresAt, k.now)) + ". Sign in again before that."
	case a.IsKey():
		return "Works. An API key does not expire."
	case a.Endless():
		return "Works. Its token names no end; it is refreshed when it is refused."
	}
	seconds := a.ExpiresAt.Sub(a.ObtainedAt) < 5*time.Minute
	if a.Unrefreshable {
		return "Works until " + say.TimeOfDay(a.ExpiresAt, k.now, k.location, seconds) + ". It has no refresh token: sign in again then."
	}
	if !k.autoRefresh {
		return "Works. Refreshed at the next request once it is about to expire."
	}
	at := a.RefreshAt()
	before := a.ExpiresAt.Sub(at).Round(time.Second)
	lead := say.Rough(before)
	switch before {
	case time.Minute:
		lead = "a minute"
	case time.Hour:
		lead = "an hour"
	}
	return "Works. Refreshes itself at " + say.TimeOfDay(at, k.now, k.location, seconds) + ", " + lead + " before it expires."
}

func (k *known) aboutCoolingDown(a core.Account, who string) string {
	what := " asked to wait"
	switch status := a.Cooldown.Status; {
	case a.Cooldown.Means == pool.Quota:
		what = " says the plan is used up"
	case a.Cooldown.Means == pool.Billing, status == 402:
		what = " says it is out of credits (" + strconv.Itoa(status) + ")"
	case status == 429:
		what += " (too many requests, 429)"
	case status == 401, status == 403:
		what = " refused its token (" + strconv.Itoa(a.Cooldown.Status) + ")"
	}
	again := ". Tried again at "
	if a.Cooldown.Named {
		again = ". Serves again at "
	}
	return who + what + again +
		say.TimeOfDay(a.Cooldown.Until, k.now, k.location, say.Until(a.Cooldown.Until, k.now) < 5*time.Minute) + "."
}

// when says in brackets when something happened, nothing when it is not known.
func (k *known) when(n *record.Note) string {
	if n == nil || n.At.IsZero() {
		return ""
	}
	at := say.TimeOfDay(n.At, k.now, k.location, false)
	if say.Day(n.At, k.now, k.location) == "today" {
		at += " today"
	}
	return " (" + at + ")"
}

// cure is the key that repairs the state and what it does; empty when there is
// none.
func (k *known) cure(a core.Account, state core.State) (key, text string) {
	if k.fleet.holds(a) && (state == core.NeedsSignIn || state == core.SignedOut) {
		return "", ""
	}
	if ofFleet(k).aboutClaim(a, state) != "" {
		return "enter", "take it over (asks first)"
	}
	if ofFleet(k).aboutUndecided(a, state) != "" {
		return "r", "refresh it all the same (asks first)"
	}
	switch state {
	case core.NeedsSignIn:
		return "enter", "sign in again; label and place in the pool stay"
	case core.SignedOut:
		return "enter", "sign in; label and place in the pool stay"
	case core.Locked:
		return "r", "try again"
	case core.Paused:
		return "v", "resume it"
	case core.CoolingDown:
		return "x", "clear the cool-down"
	case core.Shared:
		if k.imports.there() && a.Owner == hermes.AuthJSON.Owner() {
			return "i", "take it over"
		}
		return "", ""
	default:
		return "", ""
	}
}

// trouble is the last failure of an account that still works, a sentence; empty
// when there is none worth saying.
func (k *known) trouble(a core.Account, state core.State) string {
	switch state {
	case core.OK, core.Expiring, core.Expired, core.Refreshing:
	default:
		return ""
	}
	if a.LastError == nil || a.LastError.Message == "" {
		return ""
	}
	at := say.TimeOfDay(a.LastError.At, k.now, k.location, true)
	return "Last try " + at + ": " + strings.TrimRight(cells.Clean(a.LastError.Message), ".") + "."
}
