package fleet

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// model runs the real code by a schedule that a seed decides: at each step of a host
// that touches etcd or the provider, another host may act, a link may be cut, a
// transaction may be lost, doubled or late, and the host may be killed.
type model struct {
	*fleet
	rand  *rand.Rand
	id    string
	depth int // of hosts that act in the middle of another's step
	busy  map[*host]bool
	log   []string
	quiet bool // nothing goes wrong any more
	swarm swarm
	restores
	others
	owners
	lost  bool // a granted pair was in the memory of a host that was killed
	wrong []string
	gen   uint64 // newest generation that etcd had
}

// TestModel asks of every schedule: a spent token is not sent once its successor is
// committed, nor before its access token has ended; and in the end, when all links and
// hosts are whole, every host has the newest tokens, unless they died with a process.
func TestModel(t *testing.T) {
	seeds := uint64(60)
	if testing.Short() {
		seeds = 8
	}
	if text := os.Getenv("HERMES_TUI_TEST_SCHEDULES"); text != "" {
		seeds, _ = strconv.ParseUint(text, 10, 64)
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { schedule(t, seed) })
		if t.Failed() {
			return
		}
	}
}

func schedule(t *testing.T, seed uint64) {
	m := &model{fleet: newFleet(t, 3), rand: rand.New(rand.NewPCG(seed, 14)), busy: map[*host]bool{}}
	m.provider.punish = m.rand.IntN(2) == 0
	m.committed = map[string]bool{}
	if m.more = seed%2 == 1; m.more && m.rand.IntN(2) == 0 {
		m.addReader()
	}
	m.excused = map[*host]bool{}
	m.swarm = swarmOf(m.rand, m.more, seed%3 == 2, seed%6 == 4)
	m.id = m.hosts[0].signIn()
	m.etcd.OnStep(func(client, op string) { m.step(client, op) })
	m.etcd.OnApplied(m.applied)
	m.etcd.Decide(func(client string, _ etcd.Txn) etcdtest.Fate { return m.fate(client) })
	m.provider.ready, m.provider.before = m.ready, m.sent
	m.provider.after, m.stored = m.answered, m.spooled
	for range 25 {
		m.act(m.someone())
	}
	m.end()
	if len(m.wrong) > 0 {
		for _, line := range m.log {
			t.Log(line)
		}
		for _, line := range m.wrong {
			t.Error(line)
		}
	}
}

func (m *model) note(format string, args ...any) {
	m.log = append(m.log, fmt.Sprintf("%s %*s", m.clock.Now().Sub(start), 2*m.depth, "")+fmt.Sprintf(format, args...))
}

func (m *model) fail(format string, args ...any) {
	m.note("WRONG: "+format, args...)
	m.wrong = append(m.wrong, fmt.Sprintf(format, args...))
}

// someone is the host that acts next: whose own the account is, as often as the others.
func (m *model) someone() *host {
	if all := m.own(); len(all) > 0 && m.rand.IntN(2) == 0 {
		return all[0]
	}
	return m.hosts[m.rand.IntN(len(m.hosts))]
}

// act is one thing that a host does, in a goroutine that may end in its middle.
func (m *model) act(h *host) {
	if m.busy[h] && !m.more {
		return
	}
	if m.busy[h] {
		m.process(func() { m.beside(h) })
		return
	}
	m.busy[h] = true
	if !m.process(func() { m.do(h) }) {
		m.note("%s killed", h.name)
		h.start()
	}
	m.busy[h] = false
}

// process runs something that may be killed, and reports whether it was not.
func (m *model) process(do func()) (ended bool) {
	m.depth++
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
		ended = true
	}()
	<-done
	m.depth--
	return ended
}

func (m *model) do(h *host) {
	if h == m.reader {
		m.read(h)
		return
	}
	switch m.swarm.pick(m.rand) {
	case refreshes:
		m.refresh(h)
	case reads:
		m.note("%s has %s", h.name, h.access(m.id))
	case waits:
		if e := m.entry(); m.rand.IntN(2) == 0 && e != nil && e.head.Live(m.clock.Now().Add(skewTime)) { // to where it is refreshed, and lives
			m.clock.Advance(e.head.ExpiresAt.Add(-time.Duration(1 + m.rand.IntN(int(skewTime)))).Sub(m.clock.Now()))
			return
		}
		m.clock.Advance(time.Duration(m.rand.IntN(600)) * time.Second)
	case waitsLong:
		m.clock.Advance(life)
	case cuts:
		cut := m.rand.IntN(2) == 0
		m.note("%s cut: %t", h.name, cut)
		h.link.Cut(cut)
	case comesLate:
		for _, call := range m.etcd.Calls() {
			m.note("something late arrives from %s", call.Client)
			_, _ = call.Release()
		}
	case signsIn:
		m.note("%s signs in", h.name)
		m.signInAgain(h)
	case isRestored:
		m.restore(h)
	case doesOther:
		m.other(h)
	case moves:
		m.move(h)
	}
}

func (m *model) refresh(h *host) {
	askedFor := m.rand.IntN(3) < m.swarm.asks
	m.note("%s refreshes", h.name)
	_, err := h.engine.Refresh(m.Context(), m.id, refresh.Request{Asked: askedFor})
	m.note("%s refreshed: %v", h.name, err)
}

// signInAgain replaces the grant.
func (m *model) signInAgain(h *host) {
	older := m.silent && h.whose(m.id) != own
	knew := older && m.knows(h)
	err, mine := vault.ErrMoved, 0
	for range 10 {
		err = h.vault.Replace(m.Context(), m.id, func(t *vault.Txn) error {
			if t.Head.Removed() { // as core/signin does
				return errors.New("it was removed")
			}
			if err := t.Begin(m.Context(), record.ForLogin, ""); err != nil {
				return err
			}
			m.provider.mu.Lock()
			m.provider.current++
			mine = m.provider.current
			m.provider.mu.Unlock()
			m.lost = true // the grant before it is dead, and the new one is in memory
			return t.Commit(m.Context(), m.provider.login(t.Store.StoreID, m.id, t.Head.Gen+1))
		})
		if err == nil {
			m.lost = m.provider.current != mine // whatever was lost before was of another grant
			if older && m.silent {
				m.byOlder(h, knew)
			}
			return
		}
	}
	m.note("%s could not sign in: %v", h.name, err)
}
