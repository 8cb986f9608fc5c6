package fleet

import (
	"errors"
	"runtime"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
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

// unanswered does something, and the host is killed before it knows that its first change was
// made.
func (h *host) unanswered(do func()) {
	h.Helper()
	h.link.Next(etcdtest.LoseAnswer)
	commits := 0
	h.etcd.OnStep(func(client, op string) {
		if client == h.name && commits > 0 {
			runtime.Goexit()
		}
		if client == h.name && op == "commit" {
			commits++
		}
	})
	h.killed(do)
	h.etcd.OnStep(nil)
}

// movedInUnknown moves an account into the fleet, and the host is killed before it knows that.
func (h *host) movedInUnknown(id string) {
	h.Helper()
	h.unanswered(func() { _ = h.moveIn(id) })
	if h.whose(id) != entering {
		h.Fatalf("%q", h.whose(id))
	}
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
	a.movedInUnknown(id)
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

// signInAgain replaces the sign-in of an account of the fleet.
func (h *host) signInAgain(id string) {
	h.Helper()
	h.provider.current++
	err := h.vault.Replace(h.Context(), id, func(x *vault.Txn) error {
		if err := x.Begin(h.Context(), record.ForLogin, ""); err != nil {
			return err
		}
		return x.Commit(h.Context(), h.provider.login(x.Store.StoreID, id, x.Head.Gen+1))
	})
	if err != nil {
		h.Fatal(err)
	}
}

// A move out is killed before the fleet says that it has the account no more: what the host
// does next with it ends the move, unless somebody has signed in elsewhere meanwhile.
func TestMove_HalfOut(t *testing.T) {
	for _, signsIn := range []int{-1, 0, 1} { // which host; -1: none
		f := newFleet(t, 2)
		a, b := f.hosts[0], f.hosts[1]
		id := a.signIn()
		b.access(id)
		f.etcd.OnStep(func(client, op string) {
			if client == a.name && op == "commit" && a.whose(id) != fleets {
				runtime.Goexit()
			}
		})
		a.killed(func() { _ = a.moveOut(id) })
		f.etcd.OnStep(nil)
		if a.whose(id) == fleets {
			t.Fatal("it has ended")
		}
		if signsIn >= 0 {
			f.hosts[signsIn].signInAgain(id)
		}
		f.expire()
		if _, err := a.refresh(id); err != nil {
			t.Error(err)
		}
		if signsIn == 1 {
			f.shared(id)
		} else {
			f.moved(id, a, b)
		}
		if a.heads().Belongs(id) == (signsIn == 1) || f.provider.reused != 0 {
			t.Errorf("host %d signs in: own: %t, %d sent twice", signsIn, a.heads().Belongs(id), f.provider.reused)
		}
	}
}

// What came into the fleet, and has left it again before its host knew, is not brought once
// more: the tokens that the host has are spent.
func TestMove_InAndOutAgain(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	if err := a.moveOut(id); err != nil {
		t.Fatal(err)
	}
	a.movedInUnknown(id)
	if err := b.moveOut(id); err != nil {
		t.Fatal(err)
	}
	f.expire()
	if _, err := b.refresh(id); err != nil {
		t.Fatal(err)
	}
	if _, err := a.refresh(id); err == nil || f.provider.reused != 0 {
		t.Errorf("%v, %d sent twice", err, f.provider.reused)
	}
	f.moved(id, b, a)
}

// Another program of the host moves the account out while this one looks at it: what stands
// in the store is not the truth any more.
func TestMove_WhileRead(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	another, begun := *a, false
	another.start()
	f.etcd.OnStep(func(string, string) {
		if !begun {
			begun = true
			if err := another.moveOut(id); err != nil {
				t.Error(err)
			}
		}
	})
	if got := a.access(id); !begun || got != "access-token-1" {
		t.Errorf("begun: %t, %s", begun, got)
	}
	f.etcd.OnStep(nil)
	f.moved(id, a, b)
}

// A move out has begun when a restored store is accepted without a host that may have sent
// the token: it begins anew once that is over.
func TestAcceptRestore_HalfOut(t *testing.T) {
	f := newFleet(t, 3)
	a, b, c := f.hosts[0], f.hosts[1], f.hosts[2]
	id := a.signIn()
	b.access(id)
	a.unanswered(func() { _ = a.moveOut(id) })
	f.etcd.Restore(f.etcd.Snapshot(), true)
	f.accept([]*host{a, b}, c)
	f.expire()
	f.clock.Advance(leaseTime)
	if _, err := b.refresh(id); err != nil || f.provider.reused != 0 {
		t.Errorf("%v, %d sent twice", err, f.provider.reused)
	}
	if err := a.moveOut(id); err != nil {
		t.Error(err)
	}
	f.moved(id, a, b)
}

// An account that needs a sign-in, because a host that was granted tokens is away, stays in
// the fleet: there that host brings them, and the sign-in is not lost.
func TestMove_Quarantined(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	f.expire()
	f.stored = func(*host) { runtime.Goexit() }
	b.killed(func() { _, _ = b.refresh(id) })
	f.stored = nil
	f.clock.Advance(leaseTime)
	if _, err := a.refresh(id); autherr.CodeOf(err) != "invalid_grant" {
		t.Fatal(err)
	}
	var e *autherr.Error
	if err := a.moveOut(id); !errors.As(err, &e) || e.Kind != autherr.SignIn || a.heads().Belongs(id) {
		t.Errorf("it moves: %v", err)
	}
	if err := b.vault.Heads.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.shared(id)
	if err := a.moveOut(id); err != nil {
		t.Error(err)
	}
	f.moved(id, a, b)
}

// The same holds where another host has taken over and did not send either.
func TestMove_Uncertain(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	f.expire()
	f.stored = func(*host) { runtime.Goexit() }
	b.killed(func() { _, _ = b.refresh(id) })
	f.stored = nil
	f.clock.Advance(leaseTime)
	f.provider.ready = func(*host) { f.clock.Advance(sendTime) }
	if _, err := a.refresh(id); err == nil || f.provider.posts != 1 {
		t.Fatal(err)
	}
	f.provider.ready = nil
	if err := a.moveOut(id); autherr.CodeOf(err) != autherr.CodeRefreshFailed || a.heads().Belongs(id) {
		t.Errorf("it moves: %v", err)
	}
	if err := b.vault.Heads.Look(t.Context()); err != nil {
		t.Fatal(err)
	}
	f.shared(id)
	if err := a.moveOut(id); err != nil {
		t.Error(err)
	}
	f.moved(id, a, b)
}
