package tui

import (
	"context"
	"fmt"
	"sync"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// together is how many accounts are worked on at a time.
const together = 4

// marked are the accounts that are marked, in the order of the list.
func (p *accountsPage) marked(m *Model) []core.Account {
	if len(p.marks) == 0 {
		return nil
	}
	var some []core.Account
	for _, a := range m.snap.Accounts {
		if p.marks[a.ID] {
			some = append(some, a)
		}
	}
	return some
}

// mark marks the account or takes its mark away, and goes to the next row.
func (p *accountsPage) mark(m *Model, a core.Account) tea.Cmd {
	if p.marks == nil {
		p.marks = map[string]bool{}
	}
	if p.marks[a.ID] {
		delete(p.marks, a.ID)
	} else {
		p.marks[a.ID] = true
	}
	return p.move(m, 1)
}

// markShown marks every account that is listed.
func (p *accountsPage) markShown(m *Model) tea.Cmd {
	p.marks = map[string]bool{}
	for _, i := range p.order {
		if id := m.all[i].ID; !m.attempts.isRow(id) {
			p.marks[id] = true
		}
	}
	return nil
}

// forget drops the marks of accounts that are gone.
func (p *accountsPage) forget(m *Model) {
	if len(p.marks) == 0 {
		return
	}
	there := make(map[string]bool, len(p.marks))
	for _, a := range p.marked(m) {
		there[a.ID] = true
	}
	p.marks = there
}

// markBinds work on the marked accounts.
func (p *accountsPage) markBinds(m *Model, a core.Account) []widget.Bind {
	var binds []widget.Bind
	if !m.attempts.isRow(a.ID) {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("space", "mark", "space"), Long: "mark it, to work on several", Group: groupAccounts,
			Do: func() tea.Cmd { return p.mark(m, a) },
		})
	}
	binds = append(binds, widget.Bind{Long: "mark every account that is listed", Group: groupAccounts, Do: func() tea.Cmd { return p.markShown(m) }})
	if len(p.marks) > 0 {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("esc", "unmark", "esc"), Long: "take the marks away", Group: groupAccounts, Foot: 3,
			Do: func() tea.Cmd { p.marks = nil; return nil },
		})
	}
	return binds
}

// doneMsg ends work on several accounts.
type doneMsg struct {
	done, all int
	verb      string // completes "3 of 4 accounts …"
	first     error  // of those that failed
	whose     string // label of that account
}

// each does something to several accounts, a few at a time.
func (m *Model) each(accounts []core.Account, verb string, do func(ctx context.Context, id string) error) tea.Cmd {
	parent := m.ctx
	return func() tea.Msg {
		msg := doneMsg{all: len(accounts), verb: verb}
		var mu sync.Mutex
		var wait sync.WaitGroup
		free := make(chan struct{}, together)
		for _, a := range accounts {
			free <- struct{}{}
			wait.Go(func() {
				defer func() { <-free }()
				ctx, cancel := context.WithTimeout(parent, actionTime)
				defer cancel()
				err := do(ctx, a.ID)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					msg.done++
				} else if msg.first == nil {
					msg.first, msg.whose = err, cells.Clean(a.Label)
				}
			})
		}
		wait.Wait()
		return msg
	}
}

func (msg doneMsg) arrive(m *Model) tea.Cmd {
	m.take(m.o.Backend.Snapshot())
	m.accounts.forget(m)
	if msg.first == nil {
		m.accounts.marks = nil
		m.say(say.Plural(msg.all, "account", "accounts") + " " + msg.verb + ".")
		return nil
	}
	m.complainText(fmt.Sprintf("%d of %s %s. %s: %s", msg.done, say.Plural(msg.all, "account", "accounts"), msg.verb, msg.whose, errorSentence(msg.first)))
	return nil
}

// refreshAll fetches new tokens for several accounts.
func (m *Model) refreshAll(accounts []core.Account) tea.Cmd {
	backend := m.o.Backend
	some := make([]core.Account, 0, len(accounts))
	for _, a := range accounts {
		if canRefresh(a, m) {
			some = append(some, a)
		}
	}
	if len(some) == 0 {
		m.say("None of them can be refreshed now.")
		return nil
	}
	m.say("Fetching new tokens for " + say.Plural(len(some), "account", "accounts") + ".")
	return m.each(some, "up to date", func(ctx context.Context, id string) error {
		_, err := backend.Refresh(ctx, id, false)
		return err
	})
}

// removeAll deletes several accounts.
func (m *Model) removeAll(accounts []core.Account) tea.Cmd {
	m.say("Removing " + say.Plural(len(accounts), "account", "accounts") + ".")
	backend := m.o.Backend
	return m.each(accounts, "removed", func(ctx context.Context, id string) error {
		_, err := backend.Remove(ctx, id)
		return err
	})
}
