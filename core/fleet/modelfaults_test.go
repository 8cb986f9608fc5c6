package fleet

import (
	"runtime"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

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
		m.act(m.someone())
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
	defer func() { m.sender = h }()
	if m.quiet || m.depth > 2 || m.rand.IntN(6) > 0 {
		return
	}
	d := time.Duration(m.rand.IntN(1000)) * time.Second
	m.note("%s stands still for %s, and its wall clock is set back", h.name, d)
	m.clock.Advance(d)
	h.wall -= d
	for range 3 {
		m.act(m.someone())
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

// sent is a request that leaves a host.
func (m *model) sent(token string) *oauth.Answer {
	n := number(token)
	m.note("sent %s", token)
	m.stale(m.sender)
	m.rightful(n)
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
	case r == 2: // it was not spent, which nobody can know
		a := refused(oauth.Unknown, "503")
		a.Answered = true
		return &a
	case r < 5 && m.depth < 3:
		m.act(m.someone())
	}
	return nil
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
		m.act(m.someone())
	case r < 8:
		d := time.Duration(m.rand.IntN(2400)) * time.Second
		m.note("stopped for %s", d)
		m.clock.Advance(d)
	}
	return a
}

// spooled is a host that has put tokens into its keystore.
func (m *model) spooled(h *host) {
	if !m.quiet && m.swarm.kills && m.rand.IntN(10) == 0 {
		m.note("%s is killed when it has stored tokens", h.name)
		runtime.Goexit()
	}
}
