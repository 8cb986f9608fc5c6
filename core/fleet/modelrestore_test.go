package fleet

import (
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// restores is what the model knows of backups of its store.
type restores struct {
	backup *etcdtest.Snapshot
	done   int // how often one was put back
}

// restore makes a backup, puts it back, or has a store accepted that was restored.
func (m *model) restore(h *host) {
	switch waiting := m.waiting(); {
	case waiting && m.rand.IntN(2) == 0:
		m.accept(h)
	case waiting:
	case m.backup == nil || m.rand.IntN(3) == 0:
		m.note("a backup is made")
		made := m.etcd.Snapshot()
		m.backup = &made
		if m.rand.IntN(2) == 0 { // what it has not is with one host alone, more often than not
			m.refresh(h)
		}
	default:
		m.putBack(m.rand.IntN(2) == 0)
		if m.rand.IntN(2) == 0 {
			m.accept(h)
		}
	}
}

// putBack restores the store as docs/fleet.md says: it is down for two minutes. Some
// host looks that has seen something newer, before one that has not.
func (m *model) putBack(newCluster bool) {
	m.note("the store is restored, another cluster: %t", newCluster)
	m.clock.Advance(2*time.Minute + time.Second)
	m.etcd.NoSpace(false)
	m.etcd.Restore(*m.backup, newCluster)
	m.backup, m.done, m.gen, m.gone = nil, m.done+1, 0, false
	m.lost = m.lost || m.out != "" // what that host has seen nobody hears
	if err := (team{m.fleet, m.etcd.Client("admin"), "admin"}).Restored(m.Context()); err != nil {
		m.Fatal(err)
	}
}

func (m *model) waiting() bool {
	v, err := (team{m.fleet, m.etcd.Client("admin"), "admin"}).View(m.Context(), nil)
	if err != nil {
		m.Fatal(err)
	}
	_, waiting := v.Restores()
	return waiting != ""
}

// accept has every host hand in what it has that is not in the middle of something, and
// goes on without the others, and perhaps without one more.
func (m *model) accept(h *host) {
	var heard, unheard []string
	for _, other := range m.members() {
		if other != h && (m.busy[other] || !m.quiet && m.rand.IntN(4) == 0) {
			unheard = append(unheard, other.name)
			continue
		}
		if err := other.heads().HandIn(m.Context()); err != nil {
			m.note("%s could not hand in what it has: %v", other.name, err)
			unheard = append(unheard, other.name)
			continue
		}
		heard = append(heard, other.name)
	}
	if !slices.Contains(heard, h.name) {
		return
	}
	m.note("%s accepts, without %v", h.name, unheard)
	newest := 0
	for _, other := range m.members() {
		if slices.Contains(heard, other.name) {
			newest = max(newest, m.holds(other))
		}
	}
	out, err := h.heads().AcceptRestore(m.Context(), heard, unheard)
	m.note("%s accepted: %+v, %v", h.name, out, err)
	for _, other := range m.members() {
		if slices.Contains(out.Pairs, m.id) && slices.Contains(unheard, other.name) && m.holds(other) > newest {
			m.lost = true // what was granted to a host that was heard has come in the place of what this one has
		}
	}
	if e := m.entry(); err == nil && e != nil && newest > 0 && slices.Contains(out.Accounts, m.id) && !slices.Contains(out.Lost, m.id) && m.newer(newest, e) {
		m.fail("the store was accepted with %q, and a host that was heard has token %d", e.head.Current, newest)
	}
}

// newer reports whether a token was granted after the one that the store has.
func (m *model) newer(n int, e *entry) bool {
	for i := range n {
		if record.Hash(storeID, m.token(i)) == e.head.Current {
			return true
		}
	}
	return false
}

// holds is the number of the newest token that a host has in its keystore; 0 for none.
// Those of a sign-in that it does not know to be in the store are not asked for: they are
// that host's to bring in.
func (m *model) holds(h *host) (newest int) {
	names, err := h.store.List(m.Context())
	if err != nil {
		m.Fatal(err)
	}
	mine, err := h.folder.ReadHead(m.id)
	if err != nil {
		return 0
	}
	for _, name := range names {
		data, err := h.store.Get(m.Context(), name)
		if err != nil {
			m.Fatal(err)
		}
		if b, err := record.OpenBlob(data); err == nil && b.AccountID == m.id && (b.Replaces != "" || mine.Ref != nil && mine.Ref.Name == name) {
			newest = max(newest, number(b.Refresh.Reveal()))
		}
	}
	return newest
}

func (h *host) heads() *Heads { return h.vault.Heads.(*Heads) }

// endRestore has a store accepted that waits for it, with every host.
func (m *model) endRestore() {
	for range 5 { // what was lost on the way is asked for again
		if !m.waiting() {
			return
		}
		m.accept(m.members()[0])
	}
	if m.waiting() {
		m.fail("a restored store was not accepted in the end")
	}
}
