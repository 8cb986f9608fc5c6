package fleet

import (
	"fmt"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// number is that of a token of the provider.
func number(token string) (n int) {
	_, _ = fmt.Sscanf(token, "refresh-token-%d", &n)
	return n
}

// reuse judges a request with a token that is spent.
func (m *model) reuse(n int) {
	e := m.entry()
	if m.sender.whose(m.id) == own {
		mine, err := m.sender.folder.ReadHead(m.id)
		if err != nil {
			m.Fatal(err)
		}
		e = &entry{head: mine}
	}
	switch {
	case e == nil || m.lost: // spent by somebody who is dead
	case e.head.Current != record.Hash(storeID, m.token(n)):
		m.fail("token %d was sent although its successor is committed", n)
	case e.head.Live(m.clock.Now()):
		m.fail("token %d was sent again before its access token ended", n)
	}
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
	m.checkOwners(e)
	if e.head.Gen < m.gen && !m.limit {
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
