package core

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// A copied store is a second owner of single-use tokens. On the same machine
// nothing can tell before the provider does; then both say so, and neither
// hides behind the other.
func TestOwners_CopyOnTheSameMachine(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	copied := &rig{T: t, dir: t.TempDir(), portal: r.portal, clock: r.clock}
	if err := os.CopyFS(copied.dir, os.DirFS(r.dir)); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"data/key", "data", "state"} { // CopyFS widens modes
		mode := os.FileMode(0o700)
		if dir == "data/key" {
			mode = 0o600
		}
		if err := os.Chmod(filepath.Join(copied.dir, dir), mode); err != nil {
			t.Fatal(err)
		}
	}
	copied.core = copied.open()
	r.clock.Advance(time.Hour)
	if _, err := r.token(a.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := copied.token(a.ID); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatalf("the copy used a spent token: %v", err)
	}
	r.clock.Advance(time.Hour)
	if _, err := r.token(a.ID); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatalf("the first owner's grant was revoked by the copy: %v", err)
	}
	for _, c := range []*Core{r.core, copied.core} {
		if s, _ := c.Snapshot().Find(a.ID); s.Marker == nil || s.Marker.Message == "" {
			t.Errorf("no reason is given: %+v", s.Public)
		}
	}
}

func TestOwners_CopyOnAnotherMachineSendsNothing(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	conf := config(r.dir, r.portal.URL(), r.clock)
	conf.Machine = "another"
	other := Open(conf)
	r.clock.Advance(time.Hour)
	_, err := other.Token(t.Context(), a.ID, TokenOptions{})
	var ours *autherr.Error
	if !errors.As(err, &ours) || ours.Code != autherr.CodeForeignStore || r.refreshes() != 0 {
		t.Fatalf("%v after %d refreshes", err, r.refreshes())
	}
}

// oneKeyring is a keyring that two homes share, as those of one person do. It is
// the mock that TestMain has put in place, of which go-keyring lists no items.
type oneKeyring struct{ lock string }

func (k oneKeyring) Open(_ context.Context, _ keystore.Kind, storeID string) (keystore.Store, error) {
	return keystore.OpenKeyring(keystore.KeyringOptions{
		StoreID: storeID, LockPath: k.lock, Backend: struct{ keystore.Backend }{keystore.System{}}, Label: "Keyring",
		Reachable: func() error { return nil },
	}), nil
}

func (k oneKeyring) Choose(context.Context, keystore.Kind) (keystore.Choice, error) {
	return keystore.Choice{Kind: keystore.KindKeyring}, nil
}

func (oneKeyring) Backup(context.Context, string, []byte) error { return nil }

func (k oneKeyring) Describe(keystore.Kind) string { return "Keyring" }

func (oneKeyring) Turn() string { return "" }

func (oneKeyring) Locked() (time.Time, bool) { return time.Time{}, false }

func (oneKeyring) Forget() {}

func TestOwners_TwoHomesWithOneKeyring(t *testing.T) {
	first, second := newRig(t), newRig(t)
	for _, r := range []*rig{first, second} {
		conf := config(r.dir, r.portal.URL(), r.clock)
		conf.Keystores = oneKeyring{filepath.Join(r.dir, "keyring.lock")}
		r.core = Open(conf)
	}
	a, b := first.account("work"), second.account("work")
	for _, r := range []*rig{first, second} {
		r.clock.Advance(time.Hour)
	}
	if got, err := first.token(a.ID); err != nil || !first.portal.IsLive(got.Access.Reveal()) {
		t.Fatal(err)
	}
	if err := first.core.Purge(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if got, err := second.token(b.ID); err != nil || !second.portal.IsLive(got.Access.Reveal()) || got.Gen != 2 {
		t.Fatalf("after the other home was purged: generation %d, %v", got.Gen, err)
	}
}
