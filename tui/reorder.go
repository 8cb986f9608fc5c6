package tui

import (
	"context"
	"fmt"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
)

// reordering is the move of an account that is under way. Keys that come
// meanwhile add up, so that a held key never overtakes the file.
type reordering struct {
	id string // empty: none is under way
	by int    // rows still to go
}

// reorderBinds move the account, where the list shows the order that counts.
func (p *accountsPage) reorderBinds(m *Model, a core.Account) []bind {
	if p.sort != byPool || !p.filter.empty() || len(m.snap.Accounts) < 2 || m.attempts.isRow(a.ID) {
		return nil
	}
	return []bind{
		{
			Binding: keys("J", "", "J"), long: "move it down in the pool", group: groupAccount,
			do: func() tea.Cmd { return p.reorder(m, a, 1) },
		},
		{
			Binding: keys("K", "", "K"), long: "move it up in the pool", group: groupAccount,
			do: func() tea.Cmd { return p.reorder(m, a, -1) },
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
	words := fmt.Sprintf("%s is now %d of %d", clean(a.Label), msg.to+1, len(m.snap.Accounts))
	if msg.undo {
		m.undos.add(undo{"the move of " + clean(a.Label), func() tea.Cmd {
			at, _ := m.index(msg.id)
			return m.moveTo(msg.id, at, msg.from, false)
		}})
		words += " " + m.glyphs.dot + " z undo"
	}
	m.say(words)
	if by != 0 {
		return p.reorder(m, a, by)
	}
	return nil
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
