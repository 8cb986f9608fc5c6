package core

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// check looks at every account after every action.
func (m *machine) check() {
	for _, id := range m.ids {
		h := m.head(id)
		if h.Gen < m.gen[id] {
			m.t.Fatalf("%s fell from generation %d to %d", id, m.gen[id], h.Gen)
		}
		m.gen[id] = h.Gen
		if m.removed[id] && !h.Removed() {
			m.t.Fatalf("%s was removed and is back: %+v", id, h)
		}
		switch h.Status {
		case record.StatusOK:
			m.readable(id)
		case record.StatusQuarantined:
			m.justified(id, h)
		case record.StatusRemoved:
			if h.Ref != nil || h.Intent != nil || h.Current != "" {
				m.t.Fatalf("%s is removed, but its head says %+v", id, h)
			}
		}
		if len(h.Refused) > 16 {
			m.t.Fatalf("%d refused tokens are remembered", len(h.Refused))
		}
	}
}

// readable checks that an account which is ok has the tokens that its head
// names, both of one answer of the provider.
func (m *machine) readable(id string) {
	h := m.head(id)
	if h.Removed() || h.Quarantined() {
		return
	}
	if h.Ref == nil {
		if h.Gen != 0 {
			m.t.Fatalf("%s lost its tokens silently: %+v", id, h)
		}
		return // its first sign-in was killed
	}
	data, err := m.stores[keystore.Kind(h.Ref.Kind)].Get(context.Background(), h.Ref.Name)
	if err != nil {
		m.t.Fatalf("%s lost its tokens silently: %v", id, err)
	}
	ident, _, _ := m.folder.Store.Read()
	blob, err := record.OpenBlob(data)
	if err != nil || record.Checksum(data) != h.Ref.SHA256 || len(data) != h.Ref.Length {
		m.t.Fatalf("%s: %v, or not the secret that its head names", id, err)
	}
	if err := blob.Belongs(ident.StoreID, id, h.Gen); err != nil {
		m.t.Fatal(err)
	}
	token := blob.Refresh.Reveal()
	if m.issuer.access[token] != blob.Access.Reveal() {
		m.t.Fatalf("%s mixes %s with %s", id, token, blob.Access.Reveal())
	}
	if record.Hash(ident.StoreID, blob.Refresh) != h.Current {
		m.t.Fatalf("%s: its head names another refresh token than %s", id, token)
	}
}

// justified checks that an account in quarantine is there for a reason, and
// that the reason is the one that it gives.
func (m *machine) justified(id string, h *record.Head) {
	if h.Marker == nil || h.Marker.Code == "" || h.Marker.Message == "" || h.Ref != nil || h.Current != "" {
		m.t.Fatalf("%s is quarantined, but its head says %+v", id, h)
	}
	ident, _, _ := m.folder.Store.Read()
	dead := h.Refused[len(h.Refused)-1]
	for token, family := range m.issuer.family {
		if record.Hash(ident.StoreID, secret.New(token)) != dead {
			continue
		}
		if m.issuer.alive(token) {
			m.t.Fatalf("%s is quarantined for %s, which lives", id, token)
		}
		if m.stored[m.issuer.next[token]] {
			m.t.Fatalf("%s is quarantined for %s, whose successor was stored", id, token)
		}
		if m.issuer.spent[token] && h.Marker.Reason != "refresh_interrupted" {
			m.t.Fatalf("%s lost an answer for %s (family %d), but says %q", id, token, family, h.Marker.Reason)
		}
		return
	}
	m.t.Fatalf("%s is quarantined for a token that nobody issued", id)
}
