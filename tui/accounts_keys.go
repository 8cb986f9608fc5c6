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
func (p *accountsPage) binds(win *window) []widget.Bind {
	if len(win.all) == 0 {
		return p.emptyBinds(win)
	}
	a, ok := p.selected(win)
	first, rest := p.accountBinds(win, a)
	switch {
	case !ok:
		first, rest = nil, nil
	case len(p.marks) > 0:
		first, rest = append([]widget.Bind{enterBind(win, a)}, p.markedBinds(win)...), nil
	}
	binds := append(append(first, addBinds(win)...), win.imports.binds(win)...)
	binds = append(binds, p.find(win).filterBinds()...)
	binds = append(binds, rest...)
	binds = append(append(binds, win.poolBind(), win.topBind(9)), hostsBind(win)...)
	if ok {
		binds = append(binds, p.markBinds(win, a)...)
		binds = append(binds, p.reorderBinds(win, a)...)
	}
	binds = append(binds, win.undoBinds()...)
	binds = append(binds, p.moves(win)...)
	return append(binds, win.windowBinds(p, "accounts")...)
}

// accountBinds are what can be done to one account; the first ones are those
// that a person wants most.
func (p *accountsPage) accountBinds(win *window, a core.Account) (first, rest []widget.Bind) {
	if t := win.attempts.of(a.ID); t != nil {
		return attemptBinds(win, a, t), nil
	}
	first = []widget.Bind{enterBind(win, a)}
	if canRefresh(a, win) {
		first = append(first, widget.Bind{
			Binding: widget.Keys("r", "refresh", "r"), Long: "fetch a new token now", Group: groupAccount, Foot: 4, Once: true,
			Do: func() tea.Cmd {
				if ofFleet(win.known).undecided(a) != "" {
					p.sheet = &takeOverSheet{account: a}
					return nil
				}
				return win.acts().refresh(a)
			},
		})
	}
	rest = append([]widget.Bind{{
		Binding: widget.Keys("c", "copy", "c"), Long: "copy id, command or token", Group: groupAccount, Foot: 6,
		Do: func() tea.Cmd { p.sheet = &copySheet{account: a}; return nil },
	}}, connectBind(win, a)...)
	if !win.fleet.holds(a) {
		rest = append(rest, widget.Bind{
			Binding: widget.Keys("e", "rename", "e"), Long: "give it another label", Group: groupAccount,
			Do: func() tea.Cmd { return p.openRename(win, a) },
		})
	}
	if win.state(a) == core.NeedsSignIn {
		rest = append(rest, widget.Bind{Long: "why it needs signing in again", Group: groupAccount, Do: func() tea.Cmd {
			win.push(&textPage{title: whyTitle, text: win.tell().why([]string{a.ID})})
			return nil
		}})
	}
	rest = append(rest, pauseBind(win, a), useBind(win, a), storyBind(win, a))
	if win.state(a) == core.CoolingDown {
		rest = append(rest, widget.Bind{
			Binding: widget.Keys("x", "clear cool-down", "x"), Long: "clear its cool-down", Group: groupAccount, Foot: 7, Once: true,
			Do: func() tea.Cmd { return win.acts().clearCooldown(a) },
		})
	}
	rest = append(rest, p.resetBind(win, a)...)
	if win.fleet.holds(a) {
		return first, rest
	}
	return first, append(rest, widget.Bind{
		Binding: widget.Keys("d", "remove", "d"), Long: "remove it (asks first)", Group: groupAccount, Once: true,
		Do: func() tea.Cmd { p.sheet = &removeSheet{accounts: []core.Account{a}}; return nil },
	})
}

// attemptBinds are what can be done to a sign-in that waits behind the row.
func attemptBinds(win *window, a core.Account, t *attempt) []widget.Bind {
	binds := []widget.Bind{{
		Binding: widget.Keys("enter", "show the code", "enter"), Long: "back to its sign-in", Group: groupAccount, Foot: 1,
		Do: func() tea.Cmd { return resume(win, t) },
	}}
	if t.code != nil && t.failed == nil {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("c", "copy code", "c"), Long: "copy the code", Group: groupAccount, Foot: 4,
			Do: func() tea.Cmd { return win.acts().copy("Code", cells.Clean(t.code.UserCode)) },
		})
	}
	return append(binds, widget.Bind{
		Binding: widget.Keys("x", "give it up", "x"), Long: "give the sign-in up", Group: groupAccount, Foot: 5, Once: true,
		Do: func() tea.Cmd {
			endAttempt(win, t)
			win.say("Sign-in to " + cells.Clean(a.Label) + " given up; nothing was saved.")
			return nil
		},
	})
}

// markedBinds are what can be done to the accounts that are marked.
func (p *accountsPage) markedBinds(win *window) []widget.Bind {
	some := func() []core.Account { return p.marks.among(win.snap.Accounts) }
	count := say.Thousands(uint64(len(p.marks)))
	if win.fleet.stopped() {
		return nil
	}
	return []widget.Bind{
		{
			Binding: widget.Keys("r", "refresh "+count, "r"), Long: "refresh the marked ones", Group: groupAccounts, Foot: 2, Once: true,
			Do: func() tea.Cmd { return win.acts().refreshAll(some()) },
		},
		{
			Binding: widget.Keys("d", "remove "+count, "d"), Long: "remove the marked (asks)", Group: groupAccounts, Once: true,
			Do: func() tea.Cmd { p.sheet = &removeSheet{accounts: some()}; return nil },
		},
	}
}

// canRefresh says whether asking for a new token can do anything.
func canRefresh(a core.Account, win *window) bool {
	switch win.state(a) {
	case core.NeedsSignIn, core.SignedOut, core.SigningIn, core.Refreshing, core.Shared:
		return false
	default:
		return !win.fleet.holds(a)
	}
}

// enterBind repairs what is wrong with the account, or shows its details.
func enterBind(win *window, a core.Account) widget.Bind {
	switch state := win.state(a); {
	case win.fleet.holds(a) && state != core.SigningIn:
		return detailsBind(win, a)
	case state == core.NeedsSignIn, state == core.SignedOut, state == core.SigningIn:
		if state == core.NeedsSignIn && ofFleet(win.known).claimed(a.ID) != "" {
			return widget.Bind{
				Binding: widget.Keys("enter", "take over", "enter"), Long: "take over its sign-in", Group: groupAccount, Foot: 1,
				Do: func() tea.Cmd { return askFor(win, a) },
			}
		}
		short, long := "sign in again", "sign in again"
		if state == core.SignedOut {
			short = "sign in"
		}
		return widget.Bind{
			Binding: widget.Keys("enter", short, "enter"), Long: long, Group: groupAccount, Foot: 1,
			Do: func() tea.Cmd { return signInAgain(win, a) },
		}
	default:
		return detailsBind(win, a)
	}
}

func detailsBind(win *window, a core.Account) widget.Bind {
	return widget.Bind{
		Binding: widget.Keys("enter", "details", "enter"), Long: "everything about it", Group: groupAccount, Foot: 1,
		Do: func() tea.Cmd { win.push(&detailsPage{id: a.ID}); return nil },
	}
}

// addBinds are addBind where a sign-in can be kept now.
func addBinds(win *window) []widget.Bind {
	if win.fleet.stopped() {
		return nil
	}
	return []widget.Bind{addBind(win)}
}

func addBind(win *window) widget.Bind {
	return widget.Bind{
		Binding: widget.Keys("a", "add", "a"), Long: "sign in to another account", Group: groupAccounts, Foot: 3, Once: true,
		Do: func() tea.Cmd { return addAccount(win) },
	}
}

// moves are the keys of the cursor.
func (p *accountsPage) moves(win *window) []widget.Bind {
	by := func(n int) func() tea.Cmd { return func() tea.Cmd { return p.move(win, n) } }
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
func (win *window) windowBinds(p page, name string) []widget.Bind {
	return []widget.Bind{
		win.paletteBind(p),
		win.mouseBind(),
		helpBind(win, p, name),
		{Binding: widget.Keys("q", "quit", "q"), Long: "quit", Group: groupWindow, Foot: 8, Do: win.quit},
	}
}
