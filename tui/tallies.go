package tui

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// tallySpan is how far back pages look: a day, also one of 25 hours.
const tallySpan = 25 * time.Hour

// tallies are who used what. They are watched beside the window while a page is open
// that shows them, and at no other time.
type tallies struct {
	of     map[string][]tally.Row // of each account, of tallySpan, the oldest first
	last   map[string]tally.Row   // of each account the last of them that is a request
	number uint64                 // of the reading; zero: there is none yet
	watch  int                    // number of the watch that is under way, or was last
	end    context.CancelFunc
}

// tallyMsg is one reading of a watch.
type tallyMsg struct {
	watch int
	of    map[string][]tally.Row
	last  map[string]tally.Row
	from  <-chan []tally.Row
}

// countsShown says whether a page is open, shown or below another, that shows who used
// what.
func (p *pages) countsShown() bool {
	return slices.ContainsFunc(p.stack, func(one page) bool {
		switch one.(type) {
		case *topPage, *detailsPage:
			return true
		}
		return false
	})
}

// count begins and ends the watch, and has what came summed up where that is shown.
func (m *Model) count() tea.Cmd {
	t := &m.tallies
	var sum tea.Cmd
	for _, one := range m.stack {
		if p, ok := one.(*topPage); ok {
			sum = p.sum(m.known)
		}
	}
	_, asking := m.accounts.sheet.(*signInSheet) // it says who has been refused
	switch shown := asking || m.countsShown() || m.Width >= m.usesFrom() && len(m.snap.Accounts) > 0; {
	case shown && t.end == nil:
		ctx, cancel := context.WithCancel(m.ctx)
		*t = tallies{watch: t.watch + 1, end: cancel}
		backend, watch := m.o.Backend, t.watch
		return func() tea.Msg { return receiveTally(watch, backend.WatchTally(ctx, tallySpan)) }
	case !shown && t.end != nil:
		t.end()
		*t = tallies{watch: t.watch}
	}
	return sum
}

func receiveTally(watch int, from <-chan []tally.Row) tea.Msg {
	rows, open := <-from
	if !open {
		return nil
	}
	of := map[string][]tally.Row{}
	for _, row := range rows {
		of[row.Account] = append(of[row.Account], row)
	}
	return tallyMsg{watch, of, lastUses(rows), from}
}

// lastUses are the last uses of each account; of those of the same twenty
// minutes, the program's that used most.
func lastUses(rows []tally.Row) map[string]tally.Row {
	last := map[string]tally.Row{}
	for _, row := range rows {
		was := last[row.Account]
		if (row.Requests > 0 || row.Handed > 0) && (row.Slot.After(was.Slot) || row.Slot.Equal(was.Slot) && row.Tokens() > was.Tokens()) {
			last[row.Account] = row
		}
	}
	return last
}

// usesShown says whether the list says who used each account.
func usesShown(k *known) bool { return k.Width >= k.usesFrom() && len(k.tallies.last) > 0 }

// usesFrom is how wide the window is that has room for who used an account last.
func (k *known) usesFrom() int {
	if k.places.plans {
		return usedByFrom + planColumns
	}
	return usedByFrom
}

// usedBy is the program that used an account last, if it did within the hour.
func usedBy(k *known, id string) string {
	row, ok := k.tallies.last[id]
	if !ok || row.Program == "" || !lastHour.has(row, k.now, k.location) {
		return k.Glyphs.Dash
	}
	return cells.Clean(row.Program)
}

func (msg tallyMsg) arrive(win *window) tea.Cmd {
	t := &win.tallies
	if msg.watch != t.watch || t.end == nil {
		return nil // that watch has ended
	}
	t.of, t.last, t.number = msg.of, msg.last, t.number+1
	return func() tea.Msg { return receiveTally(msg.watch, msg.from) }
}
