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
func (p *accountsPage) reorderBinds(m *Model, a core.Account) []widget.Bind {
	if p.sort != byPool || !p.filter.Empty() || len(m.snap.Accounts) < 2 || m.attempts.isRow(a.ID) {
		return nil
	}
	return []widget.Bind{
		{
			Binding: widget.Keys("J", "", "J"), Long: "move it down in the pool", Group: groupAccount,
			Do: func() tea.Cmd { return p.reorder(m, a, 1) },
		},
		{
			Binding: widget.Keys("K", "", "K"), Long: "move it up in the pool", Group: groupAccount,
			Do: func() tea.Cmd { return p.reorder(m, a, -1) },
		},
	}
}

// reorder moves an account by some rows.
func (p *accountsPage) reorder(m *Model, a core.Account, by int) tea.Cmd {
	if p.moving.id != "" {
		if p.moving.id == a.ID {
			p.moving.by += by
		}
		return nil
	}
	at, ok := m.index(a.ID)
	to := max(min(at+by, len(m.snap.Accounts)-1), 0)
	if !ok || to == at {
		return nil
	}
	p.moving = reordering{id: a.ID}
	return m.moveTo(a.ID, at, to, true)
}

// reorderedMsg ends a move.
type reorderedMsg struct {
	id       string
	from, to int
	undo     bool // it can be taken back
	err      error
}

// moveTo moves the account to a row.
func (m *Model) moveTo(id string, from, to int, undo bool) tea.Cmd {
	parent, backend := m.ctx, m.o.Backend
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, actionTime)
		defer cancel()
		return reorderedMsg{id, from, to, undo, backend.Reorder(ctx, id, to)}
	}
}

func (msg reorderedMsg) arrive(m *Model) tea.Cmd {
	p := m.accounts
	by := p.moving.by
	p.moving = reordering{}
	if msg.err != nil {
		m.complain(msg.err)
		return nil
	}
	m.take(m.o.Backend.Snapshot())
	a, ok := m.snap.Find(msg.id)
	if !ok {
		return nil
	}
	p.selectID(m, msg.id)
	words := cells.Clean(a.Label) + " is now " + m.placeWords(a, msg.to)
	if msg.undo {
		m.undos.add(undo{"the move of " + cells.Clean(a.Label), func() tea.Cmd {
			at, _ := m.index(msg.id)
			return m.moveTo(msg.id, at, msg.from, false)
		}})
		words += " " + m.Glyphs.Dot + " z undo"
	}
	m.say(words)
	if by != 0 {
		return p.reorder(m, a, by)
	}
	return nil
}

// placeWords is an account's place on the page that is shown: among all
// accounts, or in its pool.
func (m *Model) placeWords(a core.Account, row int) string {
	if _, ok := m.top().(*poolPage); ok {
		of, at := m.poolOf(a)
		return fmt.Sprintf("%d of %d in %s", at+1, len(of.Members), cells.Clean(of.Name))
	}
	return fmt.Sprintf("%d of %d", row+1, len(m.snap.Accounts))
}

// poolOf is the pool of an account, and its place there.
func (m *Model) poolOf(a core.Account) (core.Pool, int) {
	for _, of := range m.places.pools {
		for at, member := range of.Members {
			if member.ID == a.ID {
				return of, at
			}
		}
	}
	return core.Pool{}, -1
}

// reorderBinds move the selected account in its pool.
func (p *poolPage) reorderBinds(m *Model) []widget.Bind {
	member, of, ok := p.selected(m)
	if !ok || len(of.Members) < 2 {
		return nil
	}
	a := *member.Account
	by := func(n int) func() tea.Cmd {
		return func() tea.Cmd {
			of, at := m.poolOf(a)
			if to := at + n; m.accounts.moving.id == "" && at >= 0 && to >= 0 && to < len(of.Members) {
				from, _ := m.index(a.ID)
				row, _ := m.index(of.Members[to].ID)
				m.accounts.moving = reordering{id: a.ID}
				return m.moveTo(a.ID, from, row, true)
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
func (m *Model) index(id string) (int, bool) {
	for i := range m.snap.Accounts {
		if m.snap.Accounts[i].ID == id {
			return i, true
		}
	}
	return 0, false
}
