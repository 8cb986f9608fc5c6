package fleet

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
)

// A host asks for an account that another of its programs is bringing here in this moment,
// for the first time: it waits a moment, and never has neither an account nor an error.
func TestGet_Arriving(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	if _, err := b.folder.ReserveAs(id); err != nil {
		t.Fatal(err)
	}
	lock, err := b.heads().files.TryClaim(t.Context(), id)
	if err != nil || lock == nil {
		t.Fatal(lock, err)
	}
	if head, err := b.vault.Heads.Get(t.Context(), id); head != nil || autherr.CodeOf(err) != autherr.CodeNoSuchAccount {
		t.Errorf("%+v, %v", head, err)
	}
	lock.Release()
	if got := b.access(id); got != "access-token-1" {
		t.Errorf("it has %s", got)
	}
}

// What a host hands in is lost on the way again and again while the store answers: it is
// sent again, within a bound.
func TestHandIn_Lost(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	b.access(id)
	old := f.etcd.Snapshot()
	f.expire()
	if _, err := b.refresh(id); err != nil {
		t.Fatal(err)
	}
	f.etcd.Restore(old, false)
	if err := (team{f, f.etcd.Client("admin"), "admin"}).Restored(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 12 { // for each of the two values it hands in
		b.link.Next(etcdtest.LoseRequest)
	}
	if err := b.heads().HandIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if heard, err := a.heads().Heard(t.Context(), []string{b.name}); err != nil || !heard[b.name] {
		t.Errorf("heard %v, %v", heard, err)
	}
}
