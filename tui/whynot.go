package tui

import (
	"strings"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// sayWhyNot says why a key did nothing; what is said already stays where there is no
// reason to tell.
func (win *window) sayWhyNot(why string) {
	if why != "" {
		win.say(why)
	}
}

// whyNot is why a key of the list does nothing now; empty for a key that it does not
// have.
func (p *accountsPage) whyNot(win *window, key string) string {
	a, ok := p.selected(win)
	if why := ofFleet(win.known).whyHeld(a, key); why != "" {
		return why
	}
	if !ok {
		return ""
	}
	switch key {
	case "n":
		return "No account needs you now."
	case "z":
		return "There is nothing to undo."
	case "i":
		return "There is nothing to import: no hermes-agent keeps sign-ins here."
	case "J", "K":
		switch {
		case p.sort != byPool:
			return "The list is sorted by " + p.sort.words() + "; o goes on to the order in which the accounts serve."
		case !p.filter.Empty():
			return "Accounts move in the whole list only; esc lists everything."
		}
	}
	if len(p.marks) > 0 && len(key) == 1 && strings.Contains("cwevxu", key) {
		return "That is for one account; esc takes the marks away."
	}
	return win.whyNotTo(a, key)
}

// whyNotTo is why a key can do nothing to an account.
func (win *window) whyNotTo(a core.Account, key string) string {
	if why := ofFleet(win.known).whyHeld(a, key); why != "" {
		return why
	}
	label := cells.Clean(a.Label)
	if win.attempts.of(a.ID) != nil && strings.Contains("rwevdJK", key) {
		return "A sign-in to " + label + " is under way; enter shows it, x gives it up."
	}
	switch key {
	case "r":
		switch win.state(a) {
		case core.NeedsSignIn:
			return label + " cannot be refreshed: it needs sign-in. enter begins it."
		case core.SignedOut:
			return label + " cannot be refreshed: no tokens are stored. enter signs in."
		case core.Refreshing:
			return "A new token for " + label + " is being fetched already."
		case core.Shared:
			return "Only " + cells.Clean(a.Owner) + " refreshes " + label + "."
		}
	case "x":
		return label + " is not cooling down."
	case "u":
		return win.whyNoReset(a)
	case "w":
		return "No program that hermes-tui can connect speaks the API of " + label + "."
	case "J", "K":
		return label + " is the only account of " + cells.Clean(a.ProviderName) + "."
	}
	return ""
}

// whyNot is why a key of the page does nothing now.
func (p *poolPage) whyNot(win *window, key string) string {
	member, _, ok := p.selected(win)
	switch {
	case !ok:
		return ""
	case key == "z":
		return "There is nothing to undo."
	case strings.Contains("JK", key) && !p.filter.Empty():
		return "Accounts move in the whole pool only; esc lists everything."
	case strings.Contains("rwecdu", key):
		return "That key is for the account itself; enter shows it."
	}
	return win.whyNotTo(*member.Account, key)
}
