package fleet

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// aside signs in where the store cannot be written.
func (h *host) aside(id string) {
	h.Helper()
	h.provider.mu.Lock()
	h.provider.current++
	h.provider.mu.Unlock()
	if err := vault.Aside(h.Context(), h.vault, id, nil, h.provider.login(storeID, id, 1)); err != nil {
		h.Fatal(err)
	}
}

// removes removes an account.
func (h *host) removes(id string) {
	h.Helper()
	err := h.vault.Change(h.Context(), id, func(t *vault.Txn) error {
		t.Head.Status, t.Head.RemovedAt = record.StatusRemoved, h.clock.Now()
		t.Head.DiscardAll()
		return t.Write(h.Context())
	})
	if err != nil {
		h.Fatal(err)
	}
}

// A sign-in that was approved while the store could not be written comes into the fleet
// by this host's next command, over whatever tokens there are by then, unless somebody
// has removed the account or signed in since.
func TestSignIn_IsKeptAside(t *testing.T) {
	for name, tc := range map[string]struct {
		before, after func(f *fleet, a, b *host, id string)
		dropped       bool
		gen           uint64
	}{
		"nothing happens meanwhile": {gen: 2},
		"another host has refreshed before, which this one had not seen": {
			before: func(f *fleet, _, b *host, id string) {
				f.clock.Advance(life - 30*time.Second)
				if _, err := b.refresh(id); err != nil {
					f.Fatal(err)
				}
			}, gen: 3,
		},
		"another host finds the tokens of before dead": {
			after: func(f *fleet, _, b *host, id string) {
				f.expire()
				if _, err := b.refresh(id); err == nil || !b.head(id).Quarantined() {
					f.Fatalf("%v", err)
				}
			}, gen: 2,
		},
		"another host signs in": {
			after: func(f *fleet, _, b *host, id string) {
				f.clock.Advance(time.Second)
				(&model{fleet: f, id: id}).signInAgain(b)
			}, gen: 2, dropped: true,
		},
		"another host removes the account": {
			after:   func(_ *fleet, _, b *host, id string) { b.removes(id) },
			dropped: true, gen: 1,
		},
		"a restored store waits, and is accepted": {
			before: func(f *fleet, a, _ *host, _ string) {
				if err := (team{f, a.link, a.name}).Restored(f.Context()); err != nil {
					f.Fatal(err)
				}
			},
			after: func(f *fleet, a, _ *host, id string) {
				if got := a.access(id); got != "access-token-1" { // its own are not in the fleet yet
					f.Errorf("while the store waits: %s", got)
				}
				if err := (team{f, a.link, a.name}).Accept(f.Context()); err != nil {
					f.Fatal(err)
				}
			}, gen: 2,
		},
		"its commit was done, and nobody knows": {
			after: func(f *fleet, a, _ *host, id string) {
				mine, err := a.folder.ReadHead(id)
				if err != nil {
					f.Fatal(err)
				}
				mine.Rev = a.head(id).Rev
				if err := a.folder.WriteHead(mine); err != nil { // as if it had been killed before it wrote what it knew
					f.Fatal(err)
				}
			}, gen: 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFleet(t, 2)
			a, b := f.hosts[0], f.hosts[1]
			id := a.signIn()
			b.access(id)
			if tc.before != nil {
				tc.before(f, a, b, id)
			}
			a.aside(id)
			if tc.after != nil {
				tc.after(f, a, b, id)
			}
			heads := a.vault.Heads.(*Heads)
			if !heads.unfinished(id) {
				t.Error("a program that stays does not see that there is something to bring")
			}
			here, there := a.access(id), b.access(id)
			if here != there || !tc.dropped && here != f.provider.newest() {
				t.Errorf("here %s, there %s, the newest is %s", here, there, f.provider.newest())
			}
			if heads.unfinished(id) || a.head(id).Gen != tc.gen || a.head(id).Quarantined() {
				t.Errorf("in the end: %+v, unfinished: %t", a.head(id).Public, heads.unfinished(id))
			}
			want := 1
			if a.head(id).Removed() {
				want = 0
			}
			got, err := f.etcd.Client("admin").Range(t.Context(), f.keys.Account(id)+"blob/")
			if err != nil || len(got.KVs) != want {
				t.Errorf("%d sealed pairs in the store, %v", len(got.KVs), err)
			}
			if names, err := a.store.List(t.Context()); err != nil || len(names) != want {
				t.Errorf("in the keystore: %v, %v", names, err)
			}
		})
	}
}
