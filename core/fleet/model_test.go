package fleet

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
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
	m.swarm = swarmOf(m.rand, m.more)
	m.id = m.hosts[0].signIn()
	m.etcd.OnStep(func(client, op string) { m.step(client, op) })
	m.etcd.OnApplied(m.applied)
	m.etcd.Decide(func(client string, _ etcd.Txn) etcdtest.Fate { return m.fate(client) })
	m.provider.ready, m.provider.before = m.ready, m.sent
	m.provider.after = m.answered
	for range 25 {
		m.act(m.hosts[m.rand.IntN(len(m.hosts))])
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
			return
		}
	}
	m.note("%s could not sign in: %v", h.name, err)
}

// step is before everything that a host asks of etcd.
func (m *model) step(client, op string) {
	if client == "admin" {
		return
	}
	if m.check(); m.quiet {
		return
	}
	switch n := m.rand.IntN(100); {
	case n < 6 && m.depth < 3:
		m.act(m.hosts[m.rand.IntN(len(m.hosts))])
	case n < 9 && m.swarm.kills:
		m.note("%s is killed before %s", client, op)
		runtime.Goexit()
	case n < 11:
		m.clock.Advance(time.Duration(m.rand.IntN(100)) * time.Second)
	case n < 13:
		m.note("%s is cut off before %s", client, op)
		m.etcd.Client(client).Cut(true)
	case n < 20: // and the next one goes through
		m.note("%s is cut off for this %s", client, op)
		m.etcd.Client(client).Next(etcdtest.LoseRequest)
	}
}

// ready is a host that is about to send, and may stand still before it does, while
// others go on, and find its wall clock set back.
func (m *model) ready(h *host) {
	if m.quiet || m.depth > 2 || m.rand.IntN(6) > 0 {
		return
	}
	d := time.Duration(m.rand.IntN(1000)) * time.Second
	m.note("%s stands still for %s, and its wall clock is set back", h.name, d)
	m.clock.Advance(d)
	h.wall -= d
	for range 3 {
		m.act(m.hosts[m.rand.IntN(len(m.hosts))])
	}
}

func (m *model) fate(client string) etcdtest.Fate {
	if m.quiet || client == "admin" || m.rand.IntN(5) > 0 {
		return etcdtest.Deliver
	}
	fates := []etcdtest.Fate{etcdtest.LoseRequest, etcdtest.LoseAnswer, etcdtest.Twice, etcdtest.Again, etcdtest.Late}
	fate := fates[m.rand.IntN(len(fates))]
	m.note("%s's transaction: %d", client, fate)
	return fate
}

// number is that of a token of the provider.
func number(token string) (n int) {
	_, _ = fmt.Sscanf(token, "refresh-token-%d", &n)
	return n
}

// sent is a request that leaves a host.
func (m *model) sent(token string) *oauth.Answer {
	n := number(token)
	m.note("sent %s", token)
	if m.provider.current != n && n >= m.provider.grant && !m.provider.dead {
		m.reuse(n)
	}
	if m.quiet {
		return nil
	}
	switch r := m.rand.IntN(20); {
	case r == 0 && m.swarm.kills:
		m.note("killed before it was sent")
		runtime.Goexit()
	case r == 1:
		a := refused(oauth.NotSent, "unreachable")
		return &a
	case r < 4 && m.depth < 3:
		m.act(m.hosts[m.rand.IntN(len(m.hosts))])
	}
	return nil
}

// reuse judges a request with a token that is spent.
func (m *model) reuse(n int) {
	e := m.entry()
	switch {
	case e == nil || m.lost: // spent by somebody who is dead
	case e.head.Current != record.Hash(storeID, m.token(n)):
		m.fail("token %d was sent although its successor is committed", n)
	case e.head.Live(m.clock.Now()):
		m.fail("token %d was sent again before its access token ended", n)
	}
}

// answered is an answer on its way back.
func (m *model) answered(a oauth.Answer) oauth.Answer {
	if m.quiet {
		return a
	}
	switch r := m.rand.IntN(20); {
	case r == 0 && m.swarm.kills:
		m.note("killed in the middle of the answer")
		m.lost = m.lost || a.Outcome == oauth.Granted
		runtime.Goexit()
	case r < 3 && m.swarm.kills:
		m.note("the answer was lost")
		m.lost = m.lost || a.Outcome == oauth.Granted
		return refused(oauth.Unknown, "lost")
	case r < 6 && m.depth < 3:
		m.act(m.hosts[m.rand.IntN(len(m.hosts))])
	case r < 8:
		d := time.Duration(m.rand.IntN(2400)) * time.Second
		m.note("stopped for %s", d)
		m.clock.Advance(d)
	}
	return a
}

// entry is what etcd has of the account.
func (m *model) entry() *entry {
	got, err := m.etcd.Client("admin").Get(m.Context(), m.keys.Head(m.id))
	if err != nil || !got.KVs[0].Found() {
		return nil
	}
	inner, err := plainView{}.Read(got.KVs[0])
	if err != nil {
		m.Fatal(err)
	}
	e := &entry{raw: got.KVs[0].Value}
	if e.body, e.head, err = decode(m.hosts[0].folder, m.id, inner, "memory"); err != nil {
		m.Fatal(err)
	}
	return e
}

// check looks whether what etcd has is one whole: its generation never goes back, the
// tokens that a head points at are there, and busy is some intent's.
func (m *model) check() {
	e := m.entry()
	if e == nil {
		return
	}
	m.seen(e)
	if e.head.Gen < m.gen {
		m.fail("the head went back from generation %d to %d", m.gen, e.head.Gen)
	}
	m.gen = e.head.Gen
	names := []string{m.keys.Busy(m.id)}
	if e.head.Ref != nil {
		names = append(names, m.keys.Blob(m.id, e.head.Ref.Name))
	}
	got, err := m.etcd.Client("admin").Get(m.Context(), names...)
	if err != nil {
		return
	}
	if len(names) > 1 && !got.KVs[1].Found() {
		m.fail("generation %d has no tokens in etcd", e.head.Gen)
	}
	if got.KVs[0].Found() && e.body.Intent == nil {
		m.fail("busy stands and no intent")
	}
}

// end lets everything come to rest, and looks.
func (m *model) end() {
	m.quiet = true
	m.note("all is well from here")
	m.etcd.NoSpace(false)
	for _, call := range m.etcd.Calls() {
		_, _ = call.Release()
	}
	for _, h := range m.hosts {
		h.link.Cut(false)
		h.start()
	}
	m.endRestore()
	m.clock.Advance(2 * time.Hour)
	for range 2 {
		for _, h := range m.members() {
			_, err := h.refresh(m.id)
			m.note("%s refreshed: %v", h.name, err)
		}
	}
	held := slices.ContainsFunc(m.hosts, func(h *host) bool { return h.access(m.id) == m.provider.newest() })
	if m.marked > m.done {
		m.fail("the store was taken for an older one %d times, and was so %d times", m.marked, m.done)
	}
	if m.check(); m.gone {
		m.endRemoved()
		return
	}
	m.endReader()
	if m.lost || m.provider.dead {
		return
	}
	for _, h := range m.members() {
		if got := h.access(m.id); got != m.provider.newest() {
			m.fail("in the end %s has %q, the newest is %q (somebody has it: %t)", h.name, got, m.provider.newest(), held)
		}
	}
}
