package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// Headings of the help page.
const (
	groupAccount  = "THIS ACCOUNT"
	groupAccounts = "ACCOUNTS"
	groupFind     = "FIND"
	groupMove     = "MOVE"
	groupWindow   = "WINDOW"
)

// groups are the headings in their order.
var groups = []string{groupAccount, groupAccounts, groupFind, groupMove, groupWindow}

// binds are the list's keys, in the order in which the footer shows them. Those
// of the account come and go with its state.
func (p *accountsPage) binds(m *Model) []bind {
	if len(m.all) == 0 {
		return p.emptyBinds(m)
	}
	a, ok := p.selected(m)
	first, rest := p.accountBinds(m, a)
	switch {
	case !ok:
		first, rest = nil, nil
	case len(p.marks) > 0:
		first, rest = append([]bind{p.enter(m, a)}, p.markedBinds(m)...), nil
	}
	binds := append(append(first, addBind(m)), m.importBinds()...)
	binds = append(binds, p.filterBinds(m)...)
	binds = append(binds, rest...)
	binds = append(binds, m.poolBind())
	if ok {
		binds = append(binds, p.markBinds(m, a)...)
		binds = append(binds, p.reorderBinds(m, a)...)
	}
	binds = append(binds, m.undoBinds()...)
	binds = append(binds, p.moves(m)...)
	return append(binds, m.windowBinds(p, "accounts")...)
}

// accountBinds are what can be done to one account; the first ones are those
// that a person wants most.
func (p *accountsPage) accountBinds(m *Model, a core.Account) (first, rest []bind) {
	if t := m.attempts.of(a.ID); t != nil {
		return p.attemptBinds(m, a, t), nil
	}
	first = []bind{p.enter(m, a)}
	if canRefresh(a, m) {
		first = append(first, bind{
			Binding: keys("r", "refresh", "r"), long: "fetch a new token now", group: groupAccount, foot: 4, once: true,
			do: func() tea.Cmd { return m.refresh(a) },
		})
	}
	rest = append([]bind{{
		Binding: keys("c", "copy", "c"), long: "copy id, command or token", group: groupAccount, foot: 6,
		do: func() tea.Cmd { p.sheet = &copySheet{account: a}; return nil },
	}}, connectBind(m, a)...)
	rest = append(rest, bind{
		Binding: keys("e", "rename", "e"), long: "give it another label", group: groupAccount,
		do: func() tea.Cmd { return p.openRename(m, a) },
	})
	if m.state(a) == core.NeedsSignIn {
		rest = append(rest, bind{long: "why it needs signing in again", group: groupAccount, do: func() tea.Cmd {
			m.push(&textPage{title: whyTitle, text: m.why([]string{a.ID})})
			return nil
		}})
	}
	if m.state(a) == core.CoolingDown {
		rest = append(rest, bind{
			Binding: keys("x", "clear cool-down", "x"), long: "clear its cool-down", group: groupAccount, foot: 7, once: true,
			do: func() tea.Cmd { return m.clearCooldown(a) },
		})
	}
	return first, append(rest, bind{
		Binding: keys("d", "remove", "d"), long: "remove it (asks first)", group: groupAccount, once: true,
		do: func() tea.Cmd { p.sheet = &removeSheet{accounts: []core.Account{a}}; return nil },
	})
}

// attemptBinds are what can be done to a sign-in that waits behind the row.
func (p *accountsPage) attemptBinds(m *Model, a core.Account, t *attempt) []bind {
	binds := []bind{{
		Binding: keys("enter", "show the code", "enter"), long: "back to its sign-in", group: groupAccount, foot: 1,
		do: func() tea.Cmd { return m.resume(t) },
	}}
	if t.code != nil && t.failed == nil {
		binds = append(binds, bind{
			Binding: keys("c", "copy code", "c"), long: "copy the code", group: groupAccount, foot: 4,
			do: func() tea.Cmd { return m.copy("Code", cells.Clean(t.code.UserCode)) },
		})
	}
	return append(binds, bind{
		Binding: keys("x", "give it up", "x"), long: "give the sign-in up", group: groupAccount, foot: 5, once: true,
		do: func() tea.Cmd {
			m.endAttempt(t)
			m.say("Sign-in to " + cells.Clean(a.Label) + " given up; nothing was saved.")
			return nil
		},
	})
}

// markedBinds are what can be done to the accounts that are marked.
func (p *accountsPage) markedBinds(m *Model) []bind {
	some := p.marked(m)
	count := say.Thousands(uint64(len(some)))
	return []bind{
		{
			Binding: keys("r", "refresh "+count, "r"), long: "refresh the marked ones", group: groupAccounts, foot: 2, once: true,
			do: func() tea.Cmd { return m.refreshAll(some) },
		},
		{
			Binding: keys("d", "remove "+count, "d"), long: "remove the marked (asks)", group: groupAccounts, once: true,
			do: func() tea.Cmd { p.sheet = &removeSheet{accounts: some}; return nil },
		},
	}
}

// canRefresh says whether asking for a new token can do anything.
func canRefresh(a core.Account, m *Model) bool {
	switch m.state(a) {
	case core.NeedsSignIn, core.SignedOut, core.SigningIn, core.Refreshing, core.Shared:
		return false
	default:
		return true
	}
}

// enter mends what is wrong with the account, or shows its details.
func (p *accountsPage) enter(m *Model, a core.Account) bind {
	switch m.state(a) {
	case core.NeedsSignIn, core.SignedOut, core.SigningIn:
		short, long := "sign in again", "sign in again"
		if m.state(a) == core.SignedOut {
			short = "sign in"
		}
		return bind{
			Binding: keys("enter", short, "enter"), long: long, group: groupAccount, foot: 1,
			do: func() tea.Cmd { return m.signInAgain(a) },
		}
	default:
		return bind{
			Binding: keys("enter", "details", "enter"), long: "everything about it", group: groupAccount, foot: 1,
			do: func() tea.Cmd { m.push(&detailsPage{id: a.ID}); return nil },
		}
	}
}

func addBind(m *Model) bind {
	return bind{
		Binding: keys("a", "add", "a"), long: "sign in to another account", group: groupAccounts, foot: 3, once: true,
		do: func() tea.Cmd { return m.addAccount() },
	}
}

// moves are the keys of the cursor.
func (p *accountsPage) moves(m *Model) []bind {
	by := func(n int) func() tea.Cmd { return func() tea.Cmd { return p.move(m, n) } }
	page, all := max(p.rows-1, 1), len(p.order)
	return []bind{
		{Binding: keys("up down", "", "up", "k"), long: "one row; also k j", group: groupMove, do: by(-1)},
		{Binding: keys("down", "", "down", "j"), do: by(1)},
		{Binding: keys("pgup pgdn", "", "pgup"), long: "a page", group: groupMove, do: by(-page)},
		{Binding: keys("pgdn", "", "pgdown"), do: by(page)},
		{Binding: keys("home end", "", "g", "home"), long: "to the ends; also g G", group: groupMove, do: by(-all)},
		{Binding: keys("end", "", "G", "end"), do: by(all)},
	}
}

// windowBinds are the keys of the window on the list.
func (m *Model) windowBinds(p page, name string) []bind {
	return []bind{
		m.paletteBind(p),
		m.mouseBind(),
		helpBind(m, p, name),
		{Binding: keys("q", "quit", "q"), long: "quit", group: groupWindow, foot: 8, do: m.quit},
	}
}
