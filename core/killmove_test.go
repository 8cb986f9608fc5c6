//go:build unix

package core

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/keystore"
)

// twoFolders is two keystores that several processes can use and that are no
// person's: what is called the keyring is sealed files in another folder.
type twoFolders struct{ *keystore.Manager }

func (s twoFolders) Open(ctx context.Context, kind keystore.Kind, id string) (keystore.Store, error) {
	if kind == keystore.KindKeyring {
		return keystore.OpenFile(filepath.Join(s.BlobDir, "..", "ring"), s.Key), nil
	}
	return s.Manager.Open(ctx, kind, id)
}

func TestKill_AtEachStepOfAMove(t *testing.T) {
	for _, step := range []string{"before prepare", "after prepare", "before put", "after put", "before delete", "after delete"} {
		t.Run(step, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			a, b := r.account("work"), r.account("home")
			stores := twoFolders{r.core.state.Keystores.(*keystore.Manager)}
			r.core.state.Vault.Keystores = stores
			ring := stores.openRing(t)
			r.kill("move", step, "")
			if s := r.core.Snapshot().Store; s.Moving != string(keystore.KindFile) {
				t.Errorf("in the middle of a move the store says %+v", s)
			}
			r.bothWork(a, b, 1)
			r.clock.Advance(time.Hour) // a refresh in the middle of a move goes to the new keystore
			r.bothWork(a, b, 2)
			if err := r.core.Move(t.Context(), keystore.KindKeyring, nil); err != nil {
				t.Fatal(err)
			}
			r.bothWork(a, b, 2)
			old, err := stores.Manager.Open(t.Context(), keystore.KindFile, "")
			if err != nil {
				t.Fatal(err)
			}
			left, err := old.(keystore.Lister).List(t.Context())
			if err != nil || len(left) != 0 {
				t.Errorf("left in the old keystore: %v, %v", left, err)
			}
			if names, err := ring.List(t.Context()); err != nil || len(names) != 2 {
				t.Errorf("in the new keystore: %v, %v; want two", names, err)
			}
			if s := r.core.Snapshot().Store; s.Kind != string(keystore.KindKeyring) || s.Moving != "" {
				t.Errorf("after the move the store says %+v", s)
			}
		})
	}
}

func (s twoFolders) openRing(t *testing.T) *keystore.File {
	t.Helper()
	dir := filepath.Join(s.BlobDir, "..", "ring")
	mkdir(t, dir)
	return keystore.OpenFile(dir, s.Key)
}

// bothWork asks for a live token of each account.
func (r *rig) bothWork(a, b Account, gen uint64) {
	r.Helper()
	for _, id := range []string{a.ID, b.ID} {
		got, err := r.token(id)
		if err != nil || got.Gen != gen || !r.portal.IsLive(got.Access.Reveal()) {
			r.Fatalf("generation %d, want %d: %v", got.Gen, gen, err)
		}
	}
}
