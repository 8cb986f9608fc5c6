//go:build unix

package core

import (
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
)

func mkdir(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
}

// TestRows_FiftyProcessesWhileRowsMove refreshes fifty accounts in as many
// processes, every fifth with a grant that died, while their rows are moved and
// renamed: no row, label or marker is lost.
func TestRows_FiftyProcessesWhileRowsMove(t *testing.T) {
	n := 50
	if testing.Short() {
		n = 10
	}
	r := newRig(t)
	ids := make([]string, n)
	for i := range ids {
		ids[i] = r.account(fmt.Sprintf("account %d", i)).ID
		if i%5 != 0 {
			continue
		}
		got, err := r.token(ids[i])
		if err != nil {
			t.Fatal(err)
		}
		if err := r.portal.Revoke(got.Access.Reveal()); err != nil {
			t.Fatal(err)
		}
	}
	ended := make(chan struct{})
	var processes, mover sync.WaitGroup
	for _, id := range ids {
		processes.Go(func() { _, _ = r.process("refresh", "", id).CombinedOutput() })
	}
	mover.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-ended:
				return
			default:
			}
			id := ids[i%n]
			if err := r.core.Reorder(t.Context(), id, rand.IntN(n)); err != nil {
				t.Error(err)
			}
			if err := r.core.Rename(t.Context(), id, "moved "+id); err != nil {
				t.Error(err)
			}
		}
	})
	processes.Wait()
	close(ended)
	mover.Wait()
	r.rowsAgree(ids)
	for i, id := range ids {
		a, _ := r.core.Snapshot().Find(id)
		switch dead := i%5 == 0; {
		case dead && (a.Marker == nil || a.Marker.Code == ""):
			t.Errorf("%s lost its marker: %+v", id, a.Public)
		case !dead && a.Gen != 2:
			t.Errorf("%s is of generation %d: %+v", id, a.Gen, a.LastError)
		}
	}
}

// rowsAgree checks that each account has one row, which says what its head says.
func (r *rig) rowsAgree(ids []string) {
	r.Helper()
	s := r.core.Snapshot()
	if len(s.Accounts) != len(ids) {
		r.Fatalf("%d rows, want %d", len(s.Accounts), len(ids))
	}
	for _, id := range ids {
		a, ok := s.Find(id)
		h, err := r.core.state.Folder.ReadHead(id)
		if !ok || err != nil || a.Gen != h.Gen || a.Status != h.Status || a.Label == "" {
			r.Errorf("%s: the row says %+v, the head %+v (%v)", id, a.Public, h, err)
		}
	}
}
