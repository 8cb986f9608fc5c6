package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// reordering is the move of an account that is under way. Keys that come
// meanwhile add up, so that a held key never overtakes the file.
type reordering struct {
	id string // empty: none is under way
	by int    // rows still to go
}

// reorderBinds move the account, where the list shows the order that counts.
func (p *accountsPage) reorderBinds(win *window, a core.Account) []widget.Bind {
	if p.sort != byPool || !p.filter.Empty() || win.places.standings[a.Pool()].members < 2 || win.attempts.isRow(a.ID) {
		return nil
	}
	return []widget.Bind{
		{
			Binding: widget.Keys("J", "", "J"), Long: "move it down in the pool", Group: groupAccount,
			Do: func() tea.Cmd { return p.reorder(win, a, 1) },
		},
		{
			Binding: widget.Keys("K", "", "K"), Long: "move it up in the pool", Group: groupAccount,
			Do: func() tea.Cmd { return p.reorder(win, a, -1) },
		},
	}
}

// reorder moves an account by some places in its pool.
func (p *accountsPage) reorder(win *window, a core.Account, by int) tea.Cmd {
	if p.moving.id != "" {
		if p.moving.id == a.ID {
			p.moving.by += by
		}
		return nil
	}
	of, at := win.poolOf(a)
	to := max(min(at+by, len(of.Members)-1), 0)
	if at < 0 || to == at {
		win.acts().sayEnd(a, of, by)
		return nil
	}
	from, _ := win.index(a.ID)
	row, _ := win.index(of.Members[to].ID)
	p.moving = reordering{id: a.ID}
	return win.acts().moveTo(a.ID, from, row, true)
}

// sayEnd says that there is no place further on.
func (win acts) sayEnd(a core.Account, of core.Pool, by int) {
	end := "last"
	if by < 0 {
		end = "first"
	}
	win.say(cells.Clean(a.Label) + " is the " + end + " of " + cells.Clean(of.Name) + " already.")
}

// reorderedMsg ends a move.
type reorderedMsg struct {
	id       string
	from, to int
	undo     bool // it can be taken back
	err      error
	read     core.Snapshot
}

// moveTo moves the account to a row.
func (win acts) moveTo(id string, from, to int, undo bool) tea.Cmd {
	backend := win.o.Backend
	return win.do(func(ctx context.Context) tea.Msg {
		err := backend.Reorder(ctx, id, to)
		return reorderedMsg{id, from, to, undo, err, backend.Snapshot()}
	})
}

func (msg reorderedMsg) arrive(win *window) tea.Cmd {
	p := win.accounts
	by := p.moving.by
	p.moving = reordering{}
	win.take(msg.read)
	if msg.err != nil {
		win.complain(msg.err)
		return nil
	}
	a, ok := win.snap.Find(msg.id)
	if !ok {
		return nil
	}
	p.selectID(win, msg.id)
	words := cells.Clean(a.Label) + " is now " + win.placeWords(a)
	if msg.undo {
		still := func(k *known) bool {
			at, ok := k.index(msg.id)
			return ok && at != msg.from
		}
		win.undos.add(undo{"the move of " + cells.Clean(a.Label), still, func() tea.Cmd {
			at, _ := win.index(msg.id)
			return win.acts().moveTo(msg.id, at, msg.from, false)
		}})
		words += " " + win.Glyphs.Dot + " z undo"
	}
	win.say(words)
	if by != 0 {
		return p.reorder(win, a, by)
	}
	return nil
}

// placeWords is an account's place in its pool.
func (k *known) placeWords(a core.Account) string {
	of, at := k.poolOf(a)
	if len(k.places.pools) < 2 {
		return fmt.Sprintf("%d of %d", at+1, len(of.Members))
	}
	return fmt.Sprintf("%d of %d in %s", at+1, len(of.Members), cells.Clean(of.Name))
}

// poolOf is the pool of an account, and its place there.
func (k *known) poolOf(a core.Account) (core.Pool, int) {
	for _, of := range k.places.pools {
		for at, member := range of.Members {
			if member.ID == a.ID {
				return of, at
			}
		}
	}
	return core.Pool{}, -1
}

// reorderBinds move the selected account in its pool.
func (p *poolPage) reorderBinds(win *window) []widget.Bind {
	member, of, ok := p.selected(win)
	if !ok || len(of.Members) < 2 || !p.filter.Empty() {
		return nil
	}
	a := *member.Account
	by := func(n int) func() tea.Cmd {
		return func() tea.Cmd {
			of, at := win.poolOf(a)
			if to := at + n; win.accounts.moving.id == "" && at >= 0 && to >= 0 && to < len(of.Members) {
				from, _ := win.index(a.ID)
				row, _ := win.index(of.Members[to].ID)
				win.accounts.moving = reordering{id: a.ID}
				return win.acts().moveTo(a.ID, from, row, true)
			} else if win.accounts.moving.id == "" && at >= 0 {
				win.acts().sayEnd(a, of, n)
			}
			return nil
		}
	}
	return []widget.Bind{
		{Binding: widget.Keys("J", "", "J"), Long: "move it down in the pool", Group: groupAccount, Do: by(1)},
		{Binding: widget.Keys("K", "", "K"), Long: "move it up in the pool", Group: groupAccount, Do: by(-1)},
	}
}

// index is the row of an account in the order that counts.
func (k *known) index(id string) (int, bool) {
	for i := range k.snap.Accounts {
		if k.snap.Accounts[i].ID == id {
			return i, true
		}
	}
	return 0, false
}
