package tui

import (
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// cause is why a grant died, as far as a person can do something about it.
type cause int

const (
	causeUnknown cause = iota
	causeReused        // its refresh token was used twice
	causeRevoked       // access was taken back, or the password changed
	causeLost          // the answer of a refresh was lost
	causeMissing       // there was nothing to refresh it with
)

// causeOf reads it from the marker of the quarantine.
func causeOf(a core.Account) cause {
	if a.Marker == nil {
		return causeUnknown
	}
	switch a.Marker.Code {
	case "refresh_token_reused":
		return causeReused
	case "access_denied", "token_revoked":
		return causeRevoked
	case autherr.CodeNoRefreshToken:
		return causeMissing
	}
	if a.Interrupted {
		return causeLost
	}
	return causeUnknown
}

// reason is why the grant died, as a sentence without its period.
func (c cause) reason(a core.Account) string {
	who := cells.Clean(a.ProviderName)
	switch c {
	case causeReused:
		return "Another program had already used its refresh token"
	case causeRevoked:
		return "Access was taken back at " + who
	case causeMissing:
		return "There is no refresh token"
	case causeLost:
		return "The answer of a refresh never arrived"
	}
	if n := a.Marker; n != nil && n.Code != "invalid_grant" && n.Code != "invalid_token" {
		if s := strings.TrimRight(say.Sentence(n.Message), "."); s != "" {
			return s
		}
	}
	return who + " refused its refresh token"
}

// briefly is the reason in a list of several, where the provider is named
// beside it.
func (c cause) briefly(a core.Account) string {
	switch c {
	case causeReused:
		return "another program used its refresh token"
	case causeRevoked:
		return "access was taken back"
	default:
		return c.reason(a)
	}
}

// why explains to a person what happened to the accounts: first what is known
// of these, then how it works, then how to avoid it.
func (k telling) why(ids []string) []string {
	var text []string
	var told []cause
	for _, id := range ids {
		a, ok := k.snap.Find(id)
		if c := causeOf(a); ok && !slices.Contains(told, c) {
			told = append(told, c)
			text = append(text, c.story(a))
		}
	}
	return append(text,
		"How it works: a sign-in gives this program two tokens. The access token is for the model API and lives for minutes. The refresh token fetches the next access token, and works once: using it brings a new one, and the old one is dead.",
		"So the provider notices a stolen token: it sees one used a second time. It cannot tell which program is yours, so it ends the sign-in for both. The same happens when you take access back at the provider, change your password, or when a program dies between using the old token and keeping the new one.",
		"A dead sign-in never comes back. That is why its tokens were deleted and nothing is retried. Signing in again takes one code; label and place stay.",
		"To avoid it: do not copy token files, sign in once for each program that keeps tokens of its own, and let the others ask hermes-tui for tokens.",
	)
}

// story is what happened to an account, as far as it is known.
func (c cause) story(a core.Account) string {
	who, label := cells.Clean(a.ProviderName), cells.Clean(a.Label)
	switch c {
	case causeReused:
		return label + ": " + who + " says that its refresh token had been used before. Another program, or a copy of the tokens on another machine, was faster."
	case causeRevoked:
		return label + ": access was taken back at " + who + ", by you or by its administrator, or the password was changed there."
	case causeMissing:
		return label + ": " + who + " gave no refresh token, so that nothing can refresh it when it expires."
	case causeLost:
		return label + ": a refresh was sent and its answer never arrived. The provider had already used up the old token."
	default:
		refused := label + ": " + who + " refused its refresh token"
		if n := a.Marker; n != nil && n.Message != "" {
			return refused + ". " + say.Sentence(cells.Clean(n.Message))
		}
		return refused + " and did not say more."
	}
}
