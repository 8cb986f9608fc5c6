package fleet

import "testing"

// An account had come back into the fleet after the backup was made, and had been refreshed,
// on hosts that were not heard: it is there again when they look, or when the next restored
// store is accepted with them.
func TestAcceptRestore_CameBack(t *testing.T) {
	for _, heardLater := range []bool{false, true} {
		f := newFleet(t, 3)
		a, b, c := f.hosts[0], f.hosts[1], f.hosts[2]
		id := a.signIn()
		b.access(id)
		if err := a.moveOut(id); err != nil {
			t.Fatal(err)
		}
		b.access(id)
		old := f.etcd.Snapshot()
		if err := a.moveIn(id); err != nil {
			t.Fatal(err)
		}
		f.expire()
		if _, err := c.refresh(id); err != nil {
			t.Fatal(err)
		}
		f.etcd.Restore(old, true)
		f.accept([]*host{b}, a, c)
		if heardLater {
			f.etcd.Restore(f.etcd.Snapshot(), true)
			f.accept(f.hosts)
			if b.head(id).Removed() {
				t.Error("it is not there")
			}
		}
		for _, h := range f.hosts {
			if err := h.vault.Heads.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		f.shared(id)
	}
}

// The host was heard whose own the account is, or has looked since: then another one, that was
// not heard and has seen it in the fleet, does not bring it back.
func TestAcceptRestore_OwnHeard(t *testing.T) {
	for _, heard := range []string{"at once", "at the next restore", "when it looks"} {
		f := newFleet(t, 3)
		a, b, c := f.hosts[0], f.hosts[1], f.hosts[2]
		id := b.signIn()
		if err := b.moveOut(id); err != nil {
			t.Fatal(err)
		}
		old := f.etcd.Snapshot()
		if err := b.moveIn(id); err != nil {
			t.Fatal(err)
		}
		c.access(id)
		if err := b.moveOut(id); err != nil {
			t.Fatal(err)
		}
		f.etcd.Restore(old, true)
		if heard != "at once" {
			f.accept([]*host{a}, b, c)
			f.etcd.Restore(f.etcd.Snapshot(), true)
		}
		if heard != "when it looks" {
			f.accept([]*host{a, b}, c)
		} else {
			f.accept([]*host{a}, b, c)
			if err := b.vault.Heads.Look(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.vault.Heads.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.moved(id, b, a)
		f.moved(id, b, c)
	}
}

// By an older store, which nobody has found to be one, somebody signs in to an account that is
// another host's own by then: that sign-in is the later one, whatever the host has refreshed.
func TestAcceptRestore_SignedInMeanwhile(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	old := f.etcd.Snapshot()
	if err := b.moveOut(id); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		f.expire()
		if _, err := b.refresh(id); err != nil {
			t.Fatal(err)
		}
	}
	f.etcd.Restore(old, false)
	a.signInAgain(id)
	f.accept(f.hosts)
	if got := a.access(id); got != f.provider.newest() || !b.heads().Belongs(id) {
		t.Errorf("the fleet has %s, the newest is %s", got, f.provider.newest())
	}
}

// Of two sign-ins in the place of the same tokens, one by an older store, the later one stands.
func TestAcceptRestore_SignedInTwice(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	old := f.etcd.Snapshot()
	a.signInAgain(id)
	first := f.etcd.Snapshot()
	f.etcd.Restore(old, false)
	b.signInAgain(id)
	f.etcd.Restore(first, false)
	f.accept(f.hosts)
	f.shared(id)
}
