package fleet

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// A store that was restored is found to be one by its cluster and its revision, where the
// account that is asked for is as it was: others may not be, nor who belongs to the fleet.
func TestRead_AnOlderStore(t *testing.T) {
	for _, anotherCluster := range []bool{false, true} {
		f := newFleet(t, 2)
		a, b := f.hosts[0], f.hosts[1]
		id := a.signIn()
		b.access(id)
		old := f.etcd.Snapshot()
		a.signIn()
		f.etcd.Restore(old, anotherCluster)
		f.expire()
		if _, err := a.refresh(id); !restored(err) || f.provider.posts != 0 {
			t.Errorf("another cluster: %t: %v, %d requests", anotherCluster, err, f.provider.posts)
		}
		if _, err := b.refresh(id); !restored(err) || f.provider.posts != 0 { // it was told
			t.Errorf("another cluster: %t, the other host: %v, %d requests", anotherCluster, err, f.provider.posts)
		}
	}
}

// An old head is put back into the same store: who has seen a newer one stops, and says so.
func TestRead_AnOlderHead(t *testing.T) {
	f := newFleet(t, 2)
	a, b := f.hosts[0], f.hosts[1]
	id := a.signIn()
	admin, key := f.etcd.Client("admin"), f.keys.Head(id)
	old, err := admin.Get(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	f.expire()
	if _, err := a.refresh(id); err != nil {
		t.Fatal(err)
	}
	b.access(id)
	if _, err := admin.Commit(t.Context(), etcd.Txn{Then: []etcd.Op{etcd.Put(key, old.KVs[0].Value, 0)}}); err != nil {
		t.Fatal(err)
	}
	f.expire()
	for _, h := range f.hosts {
		if _, err := h.refresh(id); !restored(err) || f.provider.posts != 1 {
			t.Errorf("%s: %v, %d requests", h.name, err, f.provider.posts)
		}
	}
}
