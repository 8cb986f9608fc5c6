package fleet

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// restores is what the model knows of backups of its store.
type restores struct {
	backup *etcdtest.Snapshot
	at     int64 // its revision
	done   int   // how often one was put back, or a host may think so that was not heard
	limit  bool  // hosts went on by an older store that could not know it
	silent bool  // the last one is not marked in the store yet, by anybody
	shown  bool  // the mark stands
	found  int   // how often it was marked
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
		m.backup, m.at = &made, m.etcd.Revision()
		if m.rand.IntN(2) == 0 { // what it has not is with one host alone, more often than not
			m.refresh(h)
		}
	default:
		m.putBack(m.rand.IntN(2) == 0, m.rand.IntN(2) == 0)
		if m.rand.IntN(2) == 0 {
			m.accept(h)
		}
	}
}

// putBack restores the store as docs/fleet.md says: it is down for two minutes. Where that is
// told, some host looks that has seen something newer, before one that has not.
func (m *model) putBack(newCluster, told bool) {
	m.note("the store is restored, another cluster: %t, told: %t", newCluster, told)
	m.clock.Advance(2*time.Minute + time.Second)
	m.etcd.NoSpace(false)
	before := m.entry()
	m.etcd.Restore(*m.backup, newCluster)
	m.marking = -1
	m.backup, m.done, m.gen, m.gone = nil, m.done+1, 0, false
	m.lost = m.lost || m.out != "" // what that host has seen nobody hears
	for _, h := range m.hosts {
		m.excused[h] = true
	}
	if m.silent, m.shown = true, false; !told {
		if after := m.entry(); before != nil && after != nil && bytes.Equal(before.raw, after.raw) {
			m.silent = false // nothing has come of it
		}
		return
	}
	if err := (team{m.fleet, m.etcd.Client("admin"), "admin"}).Restored(m.Context()); err != nil {
		m.Fatal(err)
	}
}

// knows reports whether a host can know that the store is an older one: by its cluster, its
// revision, or the account's head. That is over when writes of those have made up for it that
// have slept since the backup, or a store was accepted without this host.
func (m *model) knows(h *host) bool {
	seen, err := mirror{h.folder}.known(m.id)
	if err != nil {
		m.Fatal(err)
	}
	now, err := m.etcd.Client("admin").Get(m.Context(), m.keys.Stamp())
	if err != nil {
		m.Fatal(err)
	}
	mine, err := seen.entry(h.heads(), plainView{})
	if err != nil {
		m.Fatal(err)
	}
	e, accepted := m.entry(), stampOf(m, now).Accepted
	return seen.at != nil && seen.at.Restores >= accepted && (seen.at.Cluster != now.Cluster || seen.at.Revision > now.Revision) ||
		mine != nil && (e == nil && mine.body.Restores >= accepted || e != nil && e.before(mine))
}

// stampOf is a stamp as it stands: nobody here compares it with what was seen before.
func stampOf(m *model, got etcd.Answer) (s stamped) {
	if err := json.Unmarshal(got.KVs[0].Value, &s); err != nil {
		m.Fatal(err)
	}
	return s
}

// stale looks at a host that sends: by an older store, of which nobody has found that it is
// one, only who cannot know it. That is what the protocol cannot do.
func (m *model) stale(h *host) {
	if !m.silent || h.whose(m.id) == own {
		return
	}
	m.byOlder(h, m.knows(h))
}

// byOlder is that a host goes on by such a store.
func (m *model) byOlder(h *host, knew bool) {
	if knew {
		m.fail("%s goes on by a store of which it knows that it is an older one", h.name)
	}
	m.limit, m.lost = true, true
}

func (m *model) waiting() bool {
	got, err := m.etcd.Client("admin").Get(m.Context(), m.keys.Stamp())
	if err != nil {
		m.Fatal(err)
	}
	return stampOf(m, got).Waiting != ""
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
	newest, waited := 0, m.waiting()
	for _, other := range m.members() {
		if slices.Contains(heard, other.name) {
			newest = max(newest, m.holds(other))
		}
	}
	before := m.done
	out, err := h.heads().AcceptRestore(m.Context(), heard, unheard)
	again := m.done != before // another backup was put back in the middle of that
	m.note("%s accepted: %+v, %v", h.name, out, err)
	if !waited {
		return
	}
	midway := slices.ContainsFunc(m.members(), func(other *host) bool { return other != h && m.busy[other] })
	if err == nil && len(unheard) > 0 && (m.done > 1 || midway) {
		m.done++ // as often accepted as one of them has seen it, and another time; or it has read the store before that
	}
	for _, other := range m.members() {
		if err == nil && slices.Contains(heard, other.name) {
			delete(m.excused, other)
		}
	}
	for _, other := range m.members() {
		if slices.Contains(out.Pairs, m.id) && slices.Contains(unheard, other.name) && m.holds(other) > newest {
			m.lost = true // what was granted to a host that was heard has come in the place of what this one has
		}
	}
	if e := m.entry(); err == nil && e != nil && newest > 0 && !m.limit && !again && slices.Contains(out.Accounts, m.id) && !slices.Contains(out.Lost, m.id) && m.newer(newest, e) {
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
	for _, h := range m.members() {
		knew := m.silent && h.whose(m.id) == fleets && m.knows(h)
		if m.done > 0 {
			m.look(h)
		}
		if knew && m.silent {
			m.fail("%s has not found that the store is an older one", h.name)
		}
	}
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
