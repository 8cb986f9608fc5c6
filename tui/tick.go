package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// ticker is the one shared tick: every second while something on the screen
// counts seconds, every minute while something counts minutes, when an account
// comes to another state by time alone; else never.
type ticker struct {
	id int       // of the tick that is awaited
	at time.Time // when it comes, zero when none is awaited
}

// tickMsg says that the awaited moment has come.
type tickMsg struct{ id int }

func (t *ticker) fired(msg tickMsg) {
	if msg.id == t.id {
		t.at = time.Time{}
	}
}

// tick asks for the next tick if one is needed and none comes before it.
func (m *Model) tick() tea.Cmd {
	at := m.nextChange()
	if at.IsZero() || !m.ticker.at.IsZero() && !m.ticker.at.After(at) {
		return nil
	}
	m.ticker.at = at
	m.ticker.id++
	return m.after(at.Sub(m.now), tickMsg{m.ticker.id})
}

// after is a message that comes in a while.
func (m *Model) after(wait time.Duration, msg tea.Msg) tea.Cmd {
	clock, done := m.o.Clock, m.ctx.Done()
	return func() tea.Msg {
		select {
		case <-clock.After(wait):
			return msg
		case <-done:
			return nil
		}
	}
}

// nextChange is when the screen changes next with time alone, zero for never.
func (m *Model) nextChange() time.Time {
	var at time.Time
	if every := m.counting(); every > 0 {
		// On the boundary, so that all countdowns step together and none is
		// skipped.
		at = m.now.Truncate(every).Add(every)
	}
	turns := []time.Time{m.places.until, m.accounts.until}
	if p, ok := m.top().(*poolPage); ok {
		turns = append(turns, p.until)
	}
	for _, turn := range turns {
		// Not more often than once a second, however many there are.
		at = nextTurn(at, m.now, turn.Add(time.Second-1).Truncate(time.Second))
	}
	return at
}

// counting is how often the screen changes with time alone.
func (m *Model) counting() time.Duration {
	if m.TooSmall() {
		return 0
	}
	every := m.top().counting(m.window)
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
