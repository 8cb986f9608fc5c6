package fleet

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/keystore"
)

// What a host moves between its own keystores changes nothing for the others: the fleet's
// heads stay as they are.
func TestMove_BetweenKeystoresOfAHost(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	a.other = keystore.NewMemory()
	id := a.signIn()
	token := b.access(id)
	for _, to := range []keystore.Kind{keystore.KindFile, "memory", keystore.KindFile} {
		before := f.etcd.Revision()
		if err := a.vault.Move(t.Context(), to, nil); err != nil {
			t.Fatal(err)
		}
		if got := f.etcd.Revision(); got != before {
			t.Errorf("to %s: %d writes into the fleet's store", to, got-before)
		}
		a.start()
		if got := a.access(id); got != token || a.head(id).Ref.Kind != string(to) {
			t.Errorf("to %s: %s in %s, want %s", to, got, a.head(id).Ref.Kind, token)
		}
	}
	if left, err := a.store.List(t.Context()); err != nil || len(left) != 0 {
		t.Errorf("left where it was: %v, %v", left, err)
	}
	f.expire()
	if _, err := a.refresh(id); err != nil || a.access(id) != f.provider.newest() || b.access(id) != f.provider.newest() {
		t.Errorf("afterwards: %v", err)
	}
}
