package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
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
func (p *accountsPage) binds(m *Model) []widget.Bind {
	if len(m.all) == 0 {
		return p.emptyBinds(m)
	}
	a, ok := p.selected(m)
	first, rest := p.accountBinds(m, a)
	switch {
	case !ok:
		first, rest = nil, nil
	case len(p.marks) > 0:
		first, rest = append([]widget.Bind{p.enter(m, a)}, p.markedBinds(m)...), nil
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
func (p *accountsPage) accountBinds(m *Model, a core.Account) (first, rest []widget.Bind) {
	if t := m.attempts.of(a.ID); t != nil {
		return p.attemptBinds(m, a, t), nil
	}
	first = []widget.Bind{p.enter(m, a)}
	if canRefresh(a, m) {
		first = append(first, widget.Bind{
			Binding: widget.Keys("r", "refresh", "r"), Long: "fetch a new token now", Group: groupAccount, Foot: 4, Once: true,
			Do: func() tea.Cmd { return m.refresh(a) },
		})
	}
	rest = append([]widget.Bind{{
		Binding: widget.Keys("c", "copy", "c"), Long: "copy id, command or token", Group: groupAccount, Foot: 6,
		Do: func() tea.Cmd { p.sheet = &copySheet{account: a}; return nil },
	}}, connectBind(m, a)...)
	rest = append(rest, widget.Bind{
		Binding: widget.Keys("e", "rename", "e"), Long: "give it another label", Group: groupAccount,
		Do: func() tea.Cmd { return p.openRename(m, a) },
	})
	if m.state(a) == core.NeedsSignIn {
		rest = append(rest, widget.Bind{Long: "why it needs signing in again", Group: groupAccount, Do: func() tea.Cmd {
			m.push(&textPage{title: whyTitle, text: m.why([]string{a.ID})})
			return nil
		}})
	}
	if m.state(a) == core.CoolingDown {
		rest = append(rest, widget.Bind{
			Binding: widget.Keys("x", "clear cool-down", "x"), Long: "clear its cool-down", Group: groupAccount, Foot: 7, Once: true,
			Do: func() tea.Cmd { return m.clearCooldown(a) },
		})
	}
	return first, append(rest, widget.Bind{
		Binding: widget.Keys("d", "remove", "d"), Long: "remove it (asks first)", Group: groupAccount, Once: true,
		Do: func() tea.Cmd { p.sheet = &removeSheet{accounts: []core.Account{a}}; return nil },
	})
}

// attemptBinds are what can be done to a sign-in that waits behind the row.
func (p *accountsPage) attemptBinds(m *Model, a core.Account, t *attempt) []widget.Bind {
	binds := []widget.Bind{{
		Binding: widget.Keys("enter", "show the code", "enter"), Long: "back to its sign-in", Group: groupAccount, Foot: 1,
		Do: func() tea.Cmd { return m.resume(t) },
	}}
	if t.code != nil && t.failed == nil {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("c", "copy code", "c"), Long: "copy the code", Group: groupAccount, Foot: 4,
			Do: func() tea.Cmd { return m.copy("Code", cells.Clean(t.code.UserCode)) },
		})
	}
	return append(binds, widget.Bind{
		Binding: widget.Keys("x", "give it up", "x"), Long: "give the sign-in up", Group: groupAccount, Foot: 5, Once: true,
		Do: func() tea.Cmd {
			m.endAttempt(t)
			m.say("Sign-in to " + cells.Clean(a.Label) + " given up; nothing was saved.")
			return nil
		},
	})
}

// markedBinds are what can be done to the accounts that are marked.
func (p *accountsPage) markedBinds(m *Model) []widget.Bind {
	some := p.marked(m)
	count := say.Thousands(uint64(len(some)))
	return []widget.Bind{
		{
			Binding: widget.Keys("r", "refresh "+count, "r"), Long: "refresh the marked ones", Group: groupAccounts, Foot: 2, Once: true,
			Do: func() tea.Cmd { return m.refreshAll(some) },
		},
		{
			Binding: widget.Keys("d", "remove "+count, "d"), Long: "remove the marked (asks)", Group: groupAccounts, Once: true,
			Do: func() tea.Cmd { p.sheet = &removeSheet{accounts: some}; return nil },
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
func (p *accountsPage) enter(m *Model, a core.Account) widget.Bind {
	switch m.state(a) {
	case core.NeedsSignIn, core.SignedOut, core.SigningIn:
		short, long := "sign in again", "sign in again"
		if m.state(a) == core.SignedOut {
			short = "sign in"
		}
		return widget.Bind{
			Binding: widget.Keys("enter", short, "enter"), Long: long, Group: groupAccount, Foot: 1,
			Do: func() tea.Cmd { return m.signInAgain(a) },
		}
	default:
		return widget.Bind{
			Binding: widget.Keys("enter", "details", "enter"), Long: "everything about it", Group: groupAccount, Foot: 1,
			Do: func() tea.Cmd { m.push(&detailsPage{id: a.ID}); return nil },
		}
	}
}

func addBind(m *Model) widget.Bind {
	return widget.Bind{
		Binding: widget.Keys("a", "add", "a"), Long: "sign in to another account", Group: groupAccounts, Foot: 3, Once: true,
		Do: func() tea.Cmd { return m.addAccount() },
	}
}

// moves are the keys of the cursor.
func (p *accountsPage) moves(m *Model) []widget.Bind {
	by := func(n int) func() tea.Cmd { return func() tea.Cmd { return p.move(m, n) } }
	page, all := max(p.rows-1, 1), len(p.order)
	return []widget.Bind{
		{Binding: widget.Keys("up down", "", "up", "k"), Long: "one row; also k j", Group: groupMove, Do: by(-1)},
		{Binding: widget.Keys("down", "", "down", "j"), Do: by(1)},
		{Binding: widget.Keys("pgup pgdn", "", "pgup"), Long: "a page", Group: groupMove, Do: by(-page)},
		{Binding: widget.Keys("pgdn", "", "pgdown"), Do: by(page)},
		{Binding: widget.Keys("home end", "", "g", "home"), Long: "to the ends; also g G", Group: groupMove, Do: by(-all)},
		{Binding: widget.Keys("end", "", "G", "end"), Do: by(all)},
	}
}

// windowBinds are the keys of the window on the list.
func (m *Model) windowBinds(p page, name string) []widget.Bind {
	return []widget.Bind{
		m.paletteBind(p),
		m.mouseBind(),
		helpBind(m, p, name),
		{Binding: widget.Keys("q", "quit", "q"), Long: "quit", Group: groupWindow, Foot: 8, Do: m.quit},
	}
}
