package fleet

import "testing"

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
