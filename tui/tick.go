package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// ticker is the one shared tick: every second while something on the screen
// counts seconds, every minute while something counts minutes, else never.
type ticker struct {
	id    int           // of the tick that is awaited
	every time.Duration // how it was set, zero when none is awaited
}

// tickMsg says that the awaited moment has come.
type tickMsg struct{ id int }

func (t *ticker) fired(msg tickMsg) {
	if msg.id == t.id {
		t.every = 0
	}
}

// schedule asks for the next tick if one is needed and none is awaited.
func (m *Model) schedule() tea.Cmd {
	every := m.counting()
	if every == 0 || m.ticker.every != 0 && m.ticker.every <= every {
		return nil
	}
	m.ticker.every = every
	m.ticker.id++
	// On the boundary, so that all countdowns step together and none is skipped.
	wait := m.now.Truncate(every).Add(every).Sub(m.now)
	id, clock, done := m.ticker.id, m.o.Clock, m.ctx.Done()
	return func() tea.Msg {
		select {
		case <-clock.After(wait):
			return tickMsg{id}
		case <-done:
			return nil
		}
	}
}

// counting is how often the screen changes with time alone.
func (m *Model) counting() time.Duration {
	if m.tooSmall() {
		return 0
	}
	every := m.top().counting(m)
	if m.toast.text != "" && !m.toast.sticky {
		every = sooner(every, time.Second)
	}
	return every
}

// sooner is the shorter of two intervals of which zero means never.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}
