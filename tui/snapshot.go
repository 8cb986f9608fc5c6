package tui

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// places says who serves next in each pool, and how many cannot, as of a second.
type places struct {
	at      time.Time
	next    map[pool.ID]string
	waiting int // how many accounts need signing in
}

// open shows the first snapshot. When an account needs signing in already, it
// is selected; nobody is asked anything.
func (m *Model) open(snap core.Snapshot) {
	m.snap = snap
	m.rank()
	for i, a := range snap.Accounts {
		if a.Quarantined() {
			m.accounts.selectAt(m, i)
			return
		}
	}
	m.accounts.selectAt(m, 0)
}

// take shows a newer snapshot and notes which accounts turned to needs sign-in
// since the last one.
func (m *Model) take(snap core.Snapshot) {
	was := make(map[string]bool, len(m.snap.Accounts))
	for _, a := range m.snap.Accounts {
		was[a.ID] = a.Quarantined()
	}
	for _, a := range snap.Accounts {
		if dead, known := was[a.ID]; known && !dead && a.Quarantined() {
			m.accounts.turned = append(m.accounts.turned, a.ID)
		}
	}
	m.snap = snap
	m.rank()
	m.accounts.follow(m)
}

// rank finds out who serves next.
func (m *Model) rank() {
	m.places = places{at: m.now.Truncate(time.Second), next: map[pool.ID]string{}}
	for i := range m.snap.Accounts {
		a := &m.snap.Accounts[i]
		if a.Quarantined() {
			m.places.waiting++
		}
		p := a.Pool()
		if _, taken := m.places.next[p]; !taken && a.CanServe(m.now) {
			m.places.next[p] = a.ID
		}
	}
}

// settle brings everything that follows from snapshot and time up to them.
func (m *Model) settle() {
	if !m.places.at.Equal(m.now.Truncate(time.Second)) {
		m.rank()
	}
	m.toast.fade(m.now)
	m.accounts.prompt(m)
	m.accounts.arrange(m)
}

// waitingWords is "1 needs sign-in", "2 need sign-in", or nothing.
func (m *Model) waitingWords() string {
	n := m.places.waiting
	if n == 0 {
		return ""
	}
	return plural(n, "needs sign-in", "need sign-in")
}

// title is the window's.
func (m *Model) title() string {
	if words := m.waitingWords(); words != "" {
		return "hermes-tui " + m.glyphs.dot + " " + words
	}
	return "hermes-tui"
}
