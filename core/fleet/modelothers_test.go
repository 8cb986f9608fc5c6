package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// others is what the model knows of those who do not refresh: a reader, a host that was
// removed, and somebody who removes the account.
type others struct {
	more      bool            // this schedule has them
	committed map[string]bool // hashes of refresh tokens that the store has had
	gone      bool            // the account is removed
}

// members are the owners that were not removed.
func (m *model) members() []*host {
	return slices.DeleteFunc(slices.Clone(m.hosts), func(h *host) bool { return h.name == m.out })
}

// other is what a host does beside refreshing.
func (m *model) other(h *host) {
	switch n := m.rand.IntN(12); {
	case n < 4: // a program that is there does so every ten seconds
		m.look(h)
	case n < 8 && m.reader != nil:
		m.act(m.reader)
	case n < 9 && m.out == "":
		m.removeHost(m.hosts[m.rand.IntN(len(m.hosts))])
	case n < 10 && m.rand.IntN(4) == 0:
		m.note("%s removes the account", h.name)
		err := h.vault.Remove(m.Context(), m.id)
		m.note("%s removed the account: %v", h.name, err)
	case n < 11:
		full := m.rand.IntN(2) == 0
		m.note("the store is full: %t", full)
		m.etcd.NoSpace(full)
	default:
		m.clock.Advance(time.Duration(m.rand.IntN(60)) * time.Second)
	}
}

func (m *model) look(h *host) {
	m.note("%s looks", h.name)
	// A program that waits for another one of its host, which waits for this one here.
	ctx, end := context.WithTimeout(m.Context(), time.Second)
	defer end()
	m.note("%s looked: %v", h.name, h.vault.Heads.Look(ctx))
}

// beside is another program of a host that is in the middle of something.
func (m *model) beside(h *host) {
	if h == m.reader {
		return
	}
	another := *h
	another.start()
	if m.rand.IntN(2) == 0 {
		m.look(&another)
		return
	}
	m.note("another program of %s has %s", h.name, another.access(m.id))
}

// read is what a reader does: it asks for a token, or for a newer one.
func (m *model) read(r *host) {
	if m.rand.IntN(3) == 0 {
		moved, err := r.follow(m.id)
		m.note("%s has asked for a newer token: %t, %v", r.name, moved, err)
		return
	}
	got := r.access(m.id)
	m.note("%s has %s", r.name, got)
	m.check() // what another host has committed in its middle
	var n int
	if _, err := fmt.Sscanf(got, "access-token-%d", &n); err == nil && !m.committed[record.Hash(storeID, m.token(n))] {
		m.fail("a reader has token %d, which the fleet has not", n)
	}
	if s, err := r.vault.Read(m.Context(), m.id); err == nil && !s.Blob.Refresh.IsZero() {
		m.fail("a reader has a refresh token")
	}
}

// removeHost removes a host that nobody waits for. What it alone has is lost with it.
func (m *model) removeHost(h *host) {
	e := m.entry()
	if e == nil || m.busy[h] && m.rand.IntN(2) == 0 {
		return
	}
	current := record.Hash(storeID, m.token(m.provider.current))
	m.lost = m.lost || m.busy[h] || m.done > 0 || e.head.Current != current
	m.note("%s is removed from the fleet", h.name)
	m.out = h.name
	m.etcd.NoSpace(false)
	once := 0
	stamp := func(*stamped) bool { once++; return once == 1 }
	if err := (team{m.fleet, m.etcd.Client("admin"), "admin"}).change(m.Context(), stamp); err != nil {
		m.Fatal(err)
	}
	for _, call := range m.etcd.Calls() {
		if call.Client == h.name && m.rand.IntN(2) == 0 {
			m.note("something late arrives from %s", h.name)
			_, _ = call.Release()
		}
	}
}

// applied is a transaction that has changed something.
func (m *model) applied(client string, t etcd.Txn) {
	if client == m.out && client != "" && !m.silent { // else it may be a member again in what was restored
		var keys []string
		for _, op := range t.Then {
			keys = append(keys, op.Key)
		}
		m.fail("%s, which was removed, has written %s", client, strings.Join(keys, ", "))
	}
	for _, op := range t.Then {
		var s stamped
		if op.Key != m.keys.Stamp() || json.Unmarshal(op.Value, &s) != nil {
			continue
		}
		if waits := s.Waiting != ""; waits && !m.shown {
			m.silent, m.shown, m.found = false, true, m.found+1
		} else {
			m.shown = waits
		}
	}
}

// seen looks at what etcd has of the account.
func (m *model) seen(e *entry) {
	if e.head.Current != "" {
		m.committed[e.head.Current] = true
	}
	if m.gone && !e.head.Removed() {
		m.fail("the account was removed, and is there again in generation %d", e.head.Gen)
	}
	m.gone = e.head.Removed() && !m.elsewhere(e)
}

// endRemoved looks that nobody has an account that was removed.
func (m *model) endRemoved() {
	hosts := m.members()
	if m.reader != nil {
		hosts = append(hosts, m.reader)
	}
	for _, h := range hosts {
		h.link.Cut(false)
		h.start()
		if got := h.access(m.id); !strings.HasPrefix(got, "error: ") {
			m.fail("in the end %s has %q of an account that was removed", h.name, got)
		}
	}
}

// endReader looks that a reader has what the owners have.
func (m *model) endReader() {
	if m.reader == nil {
		return
	}
	m.reader.link.Cut(false)
	m.reader.start()
	owner, reader := m.members()[0].access(m.id), m.reader.access(m.id)
	if strings.HasPrefix(owner, "error: ") && strings.HasPrefix(reader, "error: ") {
		return
	}
	if owner != reader && !m.limit { // else it has seen what they could not know
		m.fail("in the end the reader has %q, and the owners have %q", reader, owner)
	}
}
