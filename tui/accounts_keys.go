package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
)

// Headings of the help page.
const (
	groupAccount  = "THIS ACCOUNT"
	groupAccounts = "ACCOUNTS"
	groupMove     = "MOVE"
	groupWindow   = "WINDOW"
)

// binds are the list's keys. Those of the account come and go with its state.
func (p *accountsPage) binds(m *Model) []bind {
	a, ok := p.selected(m)
	if !ok {
		return p.emptyBinds(m)
	}
	binds := []bind{p.enter(m, a)}
	if canRefresh(a, m) {
		binds = append(binds, bind{
			Binding: keys("r", "refresh", "r"), long: "fetch a new token now", group: groupAccount, foot: 4, once: true,
			do: func() tea.Cmd { return m.refresh(a) },
		})
	}
	binds = append(binds,
		bind{
			Binding: keys("e", "rename", "e"), long: "give it another label", group: groupAccount, foot: 6,
			do: func() tea.Cmd { return p.openRename(m, a) },
		},
		bind{
			Binding: keys("d", "remove", "d"), long: "remove it (asks first)", group: groupAccount, once: true,
			do: func() tea.Cmd { p.sheet = &removeSheet{account: a}; return nil },
		},
		addBind(m),
	)
	binds = append(binds, p.moves(m)...)
	return append(binds, windowBinds(m, p)...)
}

// canRefresh says whether asking for a new token can do anything.
func canRefresh(a core.Account, m *Model) bool {
	switch a.State(m.now) {
	case core.NeedsSignIn, core.SignedOut, core.Refreshing, core.Shared:
		return false
	default:
		return true
	}
}

// enter mends what is wrong with the account, or shows its details.
func (p *accountsPage) enter(m *Model, a core.Account) bind {
	switch a.State(m.now) {
	case core.NeedsSignIn, core.SignedOut:
		short, long := "sign in again", "sign in again"
		if a.State(m.now) == core.SignedOut {
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
		Binding: keys("a", "add", "a"), long: "sign in to another account", group: groupAccounts, foot: 2, once: true,
		do: func() tea.Cmd { return m.addAccount() },
	}
}

// moves are the keys of the cursor.
func (p *accountsPage) moves(m *Model) []bind {
	by := func(n int) func() tea.Cmd { return func() tea.Cmd { return p.move(m, n) } }
	page, all := max(p.rows-1, 1), len(m.snap.Accounts)
	return []bind{
		{Binding: keys("up down", "", "up", "k"), long: "one row; also k j", group: groupMove, do: by(-1)},
		{Binding: keys("down", "", "down", "j"), do: by(1)},
		{Binding: keys("pgup pgdn", "", "pgup"), long: "a page", group: groupMove, do: by(-page)},
		{Binding: keys("pgdn", "", "pgdown"), do: by(page)},
		{Binding: keys("home end", "", "g", "home"), long: "to the ends; also g G", group: groupMove, do: by(-all)},
		{Binding: keys("end", "", "G", "end"), do: by(all)},
	}
}

// windowBinds are the keys of every list.
func windowBinds(m *Model, p page) []bind {
	return []bind{
		helpBind(m, p, "accounts"),
		{
			Binding: keys("q", "quit", "q"), long: "quit", group: groupWindow, foot: 5,
			do: m.quit,
		},
	}
}
