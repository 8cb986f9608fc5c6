package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// places says who serves next in each pool, and how many accounts want a
// person. It is found out at every change of the accounts, and when one begins
// or ceases to serve by time alone.
type places struct {
	next    map[string]bool  // accounts that serve the next request
	random  map[pool.ID]bool // pools in which any account may
	pools   []core.Pool
	lines   []poolLine
	waiting int // how many accounts need signing in
	// refreshing: this process fetches a token for one of them.
	refreshing bool
	until      time.Time // when it has to be found out anew; zero: never
}

// openedMsg is the first snapshot. The window is drawn before it is there.
type openedMsg struct{ snap core.Snapshot }

// open reads the accounts.
func (m *Model) open() tea.Cmd {
	backend := m.o.Backend
	return func() tea.Msg { return openedMsg{backend.Snapshot()} }
}

// arrive shows the first snapshot. When an account needs signing in already, it
// is selected; nobody is asked anything.
func (msg openedMsg) arrive(m *Model) tea.Cmd {
	if !m.waking {
		return nil // a newer one is shown already
	}
	m.wake(msg.snap)
	return nil
}

// wake shows the first snapshot.
func (m *Model) wake(snap core.Snapshot) {
	m.waking = false
	m.show(snap)
	m.accounts.selectAt(m, 0)
	for row, i := range m.accounts.order {
		if m.all[i].Quarantined() {
			m.accounts.selectAt(m, row)
			return
		}
	}
}

// take shows a newer snapshot and notes which accounts turned to needs sign-in
// since the last one.
func (m *Model) take(snap core.Snapshot) {
	if m.waking {
		m.wake(snap)
		return
	}
	was := make(map[string]bool, len(m.snap.Accounts))
	for i := range m.snap.Accounts {
		was[m.snap.Accounts[i].ID] = m.snap.Accounts[i].Quarantined()
	}
	for i := range snap.Accounts {
		a := &snap.Accounts[i]
		if dead, known := was[a.ID]; known && !dead && a.Quarantined() {
			m.accounts.turned = append(m.accounts.turned, a.ID)
			m.turned = append(m.turned, a.Label)
		}
	}
	m.show(snap)
}

// show makes a snapshot the one that is shown.
func (m *Model) show(snap core.Snapshot) {
	m.snap = snap
	m.number++
	m.all = m.withAttempts(snap.Accounts)
	m.rank()
	m.accounts.forget(m)
	m.accounts.list(m)
}

// rank finds out who serves next.
func (m *Model) rank() {
	m.places = places{next: map[string]bool{}, random: map[pool.ID]bool{}}
	m.places.pools = m.snap.Pools(m.now)
	m.places.lines = poolLines(m.places.pools)
	for _, p := range m.places.pools {
		m.places.random[p.ID] = p.Strategy == pool.Random
		for _, a := range p.Members {
			if a.Quarantined() {
				m.places.waiting++
			}
			m.places.refreshing = m.places.refreshing || !a.RefreshingSince.IsZero()
			if a.Next {
				m.places.next[a.ID] = true
			}
			m.places.until = nextTurn(m.places.until, m.now, a.Cooldown.Until)
			if a.Shared() {
				m.places.until = nextTurn(m.places.until, m.now, a.ExpiresAt)
			}
		}
	}
}

// nextTurn is the sooner of two moments after now, zero when there is none.
func nextTurn(known, now, at time.Time) time.Time {
	if at.After(now) && (known.IsZero() || at.Before(known)) {
		return at
	}
	return known
}

// state is how an account is doing, as this window knows it.
func (m *Model) state(a core.Account) core.State {
	if t := m.attempts.of(a.ID); t != nil {
		if t.failed == nil {
			return core.SigningIn
		}
		if t.row() == a.ID {
			return core.SignedOut
		}
	}
	return a.State(m.now)
}

// serves says whether a program can get a token of the account.
func (m *Model) serves(a *core.Account) bool { return a.CanServe(m.now) }

// settle brings everything that follows from snapshot and time up to them.
func (m *Model) settle() {
	past := func(t time.Time) bool { return !t.IsZero() && !m.now.Before(t) }
	if past(m.places.until) {
		m.rank()
	}
	if past(m.accounts.until) {
		m.accounts.list(m)
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
