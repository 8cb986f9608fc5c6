package fleet

import (
	"runtime"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// What a host was granted of its own account, and had not written into its head when it was
// killed, comes into the fleet with it.
func TestMove_StoredOnly(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	if err := a.moveOut(id); err != nil {
		t.Fatal(err)
	}
	f.expire()
	f.stored = func(*host) { runtime.Goexit() }
	a.killed(func() { _, _ = a.refresh(id) })
	f.stored = nil
	if f.provider.posts != 1 {
		t.Fatalf("%d requests", f.provider.posts)
	}
	seen := false
	f.etcd.OnStep(func(client, _ string) { // as soon as it is there, another host needs a newer one
		if client == a.name && !seen && !b.head(id).Removed() {
			seen = true
			_, _ = b.engine.Refresh(t.Context(), id, asked)
		}
	})
	if err := a.moveIn(id); err != nil {
		t.Fatal(err)
	}
	f.etcd.OnStep(nil)
	if f.provider.reused != 0 {
		t.Errorf("%d sent twice", f.provider.reused)
	}
	f.shared(id)
}

// A store is restored when a host does not know yet that its account has come into the
// fleet: what others have been granted since stands.
func TestAcceptRestore_Entering(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	if err := a.moveOut(id); err != nil {
		t.Fatal(err)
	}
	b.access(id)
	old := f.etcd.Snapshot()
	a.link.Next(etcdtest.LoseAnswer)
	commits := 0
	f.etcd.OnStep(func(client, op string) {
		if client == a.name && commits > 0 {
			runtime.Goexit()
		}
		if client == a.name && op == "commit" {
			commits++
		}
	})
	a.killed(func() { _ = a.moveIn(id) })
	f.etcd.OnStep(nil)
	if a.whose(id) != entering {
		t.Fatalf("%q", a.whose(id))
	}
	f.expire()
	if _, err := b.refresh(id); err != nil {
		t.Fatal(err)
	}
	f.etcd.Restore(old, true)
	if _, err := a.heads().AcceptRestore(t.Context(), f.handIn(a, b), nil); err != nil {
		t.Fatal(err)
	}
	if err := a.vault.Heads.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.shared(id)
	f.expire()
	if _, err := a.refresh(id); err != nil || f.provider.reused != 0 {
		t.Errorf("%v, %d sent twice", err, f.provider.reused)
	}
	f.shared(id)
}
