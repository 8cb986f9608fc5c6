package fleet

import (
	"slices"
	"strings"
	"time"
)

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
	m.endMoves()
	m.clock.Advance(2 * time.Hour)
	for range 2 {
		for _, h := range m.members() {
			_, err := h.refresh(m.id)
			m.note("%s refreshed: %v", h.name, err)
		}
	}
	held := slices.ContainsFunc(m.hosts, func(h *host) bool { return h.access(m.id) == m.provider.newest() })
	if m.found > m.done && !m.limit {
		m.fail("the store was taken for an older one %d times, and was so %d times", m.found, m.done)
	}
	m.endBlobs()
	if m.check(); m.gone {
		m.endRemoved()
		return
	}
	m.endReader()
	if m.lost || m.provider.dead {
		return
	}
	for _, h := range m.members() {
		if h.whose(m.id) == own { // and the fleet has it, too: see endMove
			continue
		}
		if got := h.access(m.id); got != m.provider.newest() {
			m.fail("in the end %s has %q, the newest is %q (somebody has it: %t)", h.name, got, m.provider.newest(), held)
		}
	}
}

// endBlobs looks that the store has no tokens but those that the head points at.
func (m *model) endBlobs() {
	e := m.entry()
	all, err := m.etcd.Client("admin").Range(m.Context(), m.keys.Accounts())
	if err != nil || e == nil {
		return
	}
	for _, kv := range all.KVs {
		if _, which, ok := m.keys.AccountOf(kv.Key); ok && strings.HasPrefix(which, "blob") && (e.head.Ref == nil || kv.Key != m.keys.Blob(m.id, e.head.Ref.Name)) {
			m.fail("in the end %s is left", kv.Key)
		}
	}
}
