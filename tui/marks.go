package tui

import (
	"cmp"
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

// marks are the ids of the accounts that are marked.
type marks map[string]bool

// among are those accounts that are marked.
func (s marks) among(accounts []core.Account) []core.Account {
	if len(s) == 0 {
		return nil
	}
	var some []core.Account
	for _, a := range accounts {
		if s[a.ID] {
			some = append(some, a)
		}
	}
	return some
}

// still are the marks of accounts that are there.
func (s marks) still(accounts []core.Account) marks {
	if len(s) == 0 {
		return s
	}
	there := make(marks, len(s))
	for _, a := range s.among(accounts) {
		there[a.ID] = true
	}
	return there
}

// mark marks the account or takes its mark away, and goes to the next row.
func (p *accountsPage) mark(win *window, a core.Account) tea.Cmd {
	if p.marks == nil {
		p.marks = marks{}
	}
	if p.marks[a.ID] {
		delete(p.marks, a.ID)
	} else {
		p.marks[a.ID] = true
	}
	return p.move(win, 1)
}

// markShown marks every account that is listed.
func (p *accountsPage) markShown(win *window) tea.Cmd {
	p.marks = marks{}
	for _, i := range p.order {
		if id := win.all[i].ID; !win.attempts.isRow(id) {
			p.marks[id] = true
		}
	}
	return nil
}

// markBinds work on the marked accounts.
func (p *accountsPage) markBinds(win *window, a core.Account) []widget.Bind {
	var binds []widget.Bind
	if !win.attempts.isRow(a.ID) {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("space", "mark", "space"), Long: "mark it, to work on several", Group: groupAccounts,
			Do: func() tea.Cmd { return p.mark(win, a) },
		})
	}
	binds = append(binds, widget.Bind{Long: "mark every account that is listed", Group: groupAccounts, Do: func() tea.Cmd { return p.markShown(win) }})
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
	alive     int    // sign-ins that could not be revoked though their accounts are gone
	why       string // of the first of them
	read      core.Snapshot
}

// each does something to several accounts, a few at a time. What is returned
// besides an error is why a sign-in lives on, empty where that needs no word.
func (win acts) each(accounts []core.Account, verb string, do func(ctx context.Context, a core.Account) (string, error)) tea.Cmd {
	parent, backend := win.ctx, win.o.Backend
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
				alive, err := do(ctx, a)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					msg.done++
				} else if msg.first == nil {
					msg.first, msg.whose = err, cells.Clean(a.Label)
				}
				if alive != "" {
					msg.alive++
					msg.why = cmp.Or(msg.why, cells.Clean(a.Label)+": "+alive)
				}
			})
		}
		wait.Wait()
		msg.read = backend.Snapshot()
		return msg
	}
}

func (msg doneMsg) arrive(win *window) tea.Cmd {
	win.take(msg.read)
	words := say.Plural(msg.all, "account", "accounts") + " " + msg.verb + "."
	if msg.first == nil {
		win.accounts.marks = nil
	} else {
		words = fmt.Sprintf("%d of %s %s: %s", msg.done, words, msg.whose, errorSentence(msg.first))
	}
	if msg.alive > 0 {
		words += " " + say.Plural(msg.alive, "sign-in was", "sign-ins were") + " not revoked. " + msg.why
	}
	if msg.first == nil && msg.alive == 0 {
		win.say(words)
	} else {
		win.complainText(words)
	}
	return nil
}

// refreshAll fetches new tokens for several accounts.
func (win acts) refreshAll(accounts []core.Account) tea.Cmd {
	backend := win.o.Backend
	some := make([]core.Account, 0, len(accounts))
	for _, a := range accounts {
		if canRefresh(a, win.window) {
			some = append(some, a)
		}
	}
	if len(some) == 0 {
		win.say("None of them can be refreshed now.")
		return nil
	}
	win.say("Fetching new tokens for " + say.Plural(len(some), "account", "accounts") + ".")
	return win.each(some, "up to date", func(ctx context.Context, a core.Account) (string, error) {
		_, err := backend.Refresh(ctx, a.ID, false)
		return "", err
	})
}

// removeAll deletes several accounts.
func (win acts) removeAll(accounts []core.Account) tea.Cmd {
	win.say("Removing " + say.Plural(len(accounts), "account", "accounts") + ".")
	backend := win.o.Backend
	return win.each(accounts, "removed", func(ctx context.Context, a core.Account) (alive string, err error) {
		done, err := backend.Remove(ctx, a.ID)
		if err == nil && done.Revocation == core.NotRevoked {
			alive = cells.Clean(done.Sentence(a))
		}
		return alive, err
	})
}
