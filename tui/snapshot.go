package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// places says who serves next in each pool, and how many accounts want a
// person. It is found out at every change of the accounts, and when one begins
// or ceases to serve by time alone.
type places struct {
	next   map[string]bool  // accounts that serve the next request
	random map[pool.ID]bool // pools in which any account may
	pools  []core.Pool
	lines  []poolLine
	// standings are what is said of each pool above its accounts.
	standings map[pool.ID]standings
	plans     bool                 // something is known of the plan of one of them
	sums      map[pool.ID][]string // what is left of the plans of a pool, in words
	waiting   int                  // how many accounts need signing in
	urgent    int                  // how many need their person
	ending    int                  // how many sign-ins their providers end soon
	// refreshing: this process fetches a token for one of them.
	refreshing bool
	until      time.Time // when it has to be found out anew; zero: never
}

// openedMsg is the first snapshot, and what the window before this one handed
// on. The window is drawn before they are there.
type openedMsg struct {
	snap   core.Snapshot
	memory Memory
}

// open reads the accounts.
func (m *Model) open() tea.Cmd {
	backend, recall := m.o.Backend, m.o.Recall
	return func() tea.Msg {
		var memory Memory
		if recall != nil {
			memory = recall()
		}
		return openedMsg{backend.Snapshot(), memory}
	}
}

// wakingTime is how long the accounts may take before the window says that they
// are read.
const wakingTime = time.Second

// lateMsg says that it is over.
type lateMsg struct{}

// reach also asks for the size of the window once more: what a window manager
// does to it while the program starts, before it listens for that, is not told.
func (lateMsg) reach(m *Model) tea.Cmd {
	m.late, m.measuring = true, true
	return tea.RequestWindowSize
}

// knows reports whether a size is the answer to that question, and no other than
// the window has.
func (m *Model) knows(size tea.WindowSizeMsg) bool {
	asked := m.measuring
	m.measuring = false
	return asked && size.Width == m.Width && size.Height == m.Height
}

// reach shows the first snapshot, and begins to watch for the next. When an
// account needs signing in already, it is selected; nobody is asked anything.
func (msg openedMsg) reach(m *Model) tea.Cmd {
	m.memory = msg.memory
	m.accounts.sort = sortingNamed(msg.memory.Sort)
	m.noMouse = m.noMouse || msg.memory.NoMouse
	m.ground.recall(m.window)
	m.setTheme(m.themeName)
	if m.waking {
		m.wake(msg.snap)
	} else { // a newer one is shown already
		m.accounts.list(m.window)
	}
	return tea.Batch(m.watch(), m.watchFleet(), m.ground.note(m.window))
}

// wake shows the first snapshot.
func (m *Model) wake(snap core.Snapshot) {
	m.waking = false
	m.show(snap)
	m.accounts.selectAt(m.window, 0)
	for row, i := range m.accounts.order {
		if m.all[i].Quarantined() {
			m.accounts.selectAt(m.window, row)
			return
		}
	}
}

// take shows a snapshot and notes which accounts turned to needs sign-in since the
// last one. One that is older than what is shown, by which another has overtaken
// it, is none to show.
func (m *Model) take(snap core.Snapshot) {
	if m.waking {
		m.wake(snap)
		return
	}
	if snap.Number < m.snap.Number {
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
	asks := without(snap.Asks, m.asking)
	m.untold = append(m.untold, asks...)
	m.asking = snap.Asks
	m.show(snap)
	if len(asks) > 0 && m.typing() {
		m.complainText(askWords(snap, asks) + ". You are asked once you have done typing.")
	}
}

// show makes a snapshot the one that is shown.
func (m *Model) show(snap core.Snapshot) {
	m.snap, m.plans.stale = snap, true
	m.places = rank(snap, m.now)
	m.accounts.marks = m.accounts.marks.still(snap.Accounts)
	m.relist()
}

// relist makes the rows of the list anew, as sign-ins to new accounts come and go.
func (win *window) relist() {
	win.all = withAttempts(win, win.snap.Accounts)
	win.accounts.list(win)
}

// rank finds out who serves next.
func rank(snap core.Snapshot, now time.Time) places {
	all := places{next: map[string]bool{}, random: map[pool.ID]bool{}, sums: map[pool.ID][]string{}, standings: map[pool.ID]standings{}}
	all.pools = snap.Pools(now)
	all.lines = linesOf(all.pools)
	for _, p := range all.pools {
		all.random[p.ID] = p.Strategy == pool.Random
		all.sums[p.ID] = planSums(p.PlanSums(now))
		all.standings[p.ID] = standingsOf(p)
		for _, a := range p.Members {
			if a.Quarantined() {
				all.waiting++
			}
			if wantsPerson(a.Account) {
				all.urgent++
			}
			if a.GrantEnding(now) {
				all.ending++
			} else if !a.GrantExpiresAt.IsZero() {
				all.until = nextTurn(all.until, now, a.GrantExpiresAt.Add(-record.GrantWarning))
			}
			all.refreshing = all.refreshing || !a.RefreshingSince.IsZero()
			if a.Next {
				all.next[a.ID] = true
			}
			all.until = nextTurn(nextTurn(all.until, now, a.Cooldown.Until), now, a.Paused.Until)
			if a.Plan != nil {
				_, left := brief(*a.Account, now)
				all.plans = all.plans || left
				all.until = nextTurn(all.until, now, a.Plan.Reading.Changes(now))
			}
			if a.Shared() {
				all.until = nextTurn(all.until, now, a.ExpiresAt)
			}
		}
	}
	return all
}

// rankedMsg says who serves next in the snapshot of a number.
type rankedMsg struct {
	number uint64
	places places
}

// rerank finds out who serves next once an account has begun or ceased to serve
// by time alone. With thousands of accounts that takes longer than a frame may.
func (m *Model) rerank() tea.Cmd {
	if !past(m.places.until, m.now) {
		return nil
	}
	m.places.until = time.Time{}
	snap, now, number := m.snap, m.now, m.snap.Number
	return func() tea.Msg { return rankedMsg{number, rank(snap, now)} }
}

func (msg rankedMsg) arrive(win *window) tea.Cmd {
	if msg.number == win.snap.Number {
		win.places = msg.places
		win.changes++
	}
	return nil
}

// past says whether a moment has come; zero never does.
func past(t, now time.Time) bool { return !t.IsZero() && !now.Before(t) }

// nextTurn is the sooner of two moments after now, zero when there is none.
func nextTurn(known, now, at time.Time) time.Time {
	if at.After(now) && (known.IsZero() || at.Before(known)) {
		return at
	}
	return known
}

// state is how an account is doing, as this window knows it.
func (k *known) state(a core.Account) core.State {
	if t := k.attempts.of(a.ID); t != nil {
		if t.failed == nil {
			return core.SigningIn
		}
		if t.row() == a.ID {
			return core.SignedOut
		}
	}
	return a.State(k.now)
}

// serves says whether a program can get a token of the account.
func (k *known) serves(a *core.Account) bool { return a.CanServe(k.now) }

// waitingWords is "1 needs sign-in", "2 need sign-in", or nothing.
func (k *known) waitingWords() string {
	n := k.places.waiting
	if n == 0 {
		return ""
	}
	return say.Plural(n, "needs sign-in", "need sign-in")
}

// title is the window's.
func (m *Model) title() string {
	if words := m.waitingWords(); words != "" {
		return "hermes-tui " + m.Glyphs.Dot + " " + words
	}
	return "hermes-tui"
}
