package core

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/keystore"
)

func proxyKey(t *testing.T, c *Core) secret.Secret {
	t.Helper()
	key, err := c.ProxyKey(t.Context())
	if err != nil || !strings.HasPrefix(key.Reveal(), "htui_") || len(key.Reveal()) != 69 {
		t.Fatalf("key of %d characters, %v", len(key.Reveal()), err)
	}
	return key
}

func TestProxyKey_IsMadeOnceAndSeenByEverybody(t *testing.T) {
	r := newRig(t)
	keys := make([]secret.Secret, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() { keys[i] = proxyKey(t, r.open()) })
	}
	all.Wait()
	for _, key := range keys {
		if key != keys[0] {
			t.Fatal("two processes made a key each")
		}
	}
	old := proxyKey(t, r.core)
	next, err := r.open().RotateProxyKey(t.Context())
	if err != nil || next == old {
		t.Fatalf("not rotated: %v", err)
	}
	if proxyKey(t, r.core) != next {
		t.Error("a key that another process rotated is still taken")
	}
	if left := r.keyFiles(); len(left) != 1 {
		t.Errorf("the old key is still there: %q", left)
	}
}

// keyFiles are the sealed files of the proxy's key.
func (r *rig) keyFiles() []string {
	r.Helper()
	found, err := filepath.Glob(filepath.Join(r.dir, "state", "acct", record.ProxyKeyID+".*.age"))
	if err != nil {
		r.Fatal(err)
	}
	return found
}

func TestProxyKey_NoListingAndNoPlainFileHasIt(t *testing.T) {
	r := newRig(t)
	key := proxyKey(t, r.core)
	r.account("work")
	if n := len(r.core.Snapshot().Accounts); n != 1 {
		t.Errorf("%d accounts are listed", n)
	}
	if _, err := r.core.Token(t.Context(), record.ProxyKeyID, TokenOptions{}); autherr.KindOf(err) != autherr.Usage {
		t.Errorf("the key's record is taken for an account: %v", err)
	}
	_ = filepath.WalkDir(r.dir, func(path string, d os.DirEntry, _ error) error {
		if data, err := os.ReadFile(path); err == nil && bytes.Contains(data, []byte(key.Reveal())) {
			t.Errorf("%s holds the key", path)
		}
		return nil
	})
}

func TestProxyKey_MovesAndIsPurged(t *testing.T) {
	r := newRig(t)
	key := proxyKey(t, r.core)
	for _, to := range []keystore.Kind{keystore.KindMemory, keystore.KindFile} {
		if err := r.core.Move(t.Context(), to, nil); err != nil {
			t.Fatal(err)
		}
		if proxyKey(t, r.core) != key {
			t.Errorf("the key changed on its way to %s", to)
		}
		if n := len(r.keyFiles()); (to == keystore.KindFile) != (n == 1) {
			t.Errorf("in %s there are %d files of the key", to, n)
		}
	}
	if err := r.core.Purge(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "state")); !os.IsNotExist(err) {
		t.Errorf("purge left the state folder: %v", err)
	}
}

func TestProxyKey_AnInterruptedChangeIsMended(t *testing.T) {
	r := newRig(t)
	old := proxyKey(t, r.core)
	h, err := r.core.state.Folder.ReadKeyHead(record.ProxyKeyID)
	if err != nil {
		t.Fatal(err)
	}
	// As a process leaves it that was killed before the pointer moved.
	planned := record.Item{Kind: string(keystore.KindFile), Name: record.ProxyKeyID + ".0123"}
	h.Intent = &record.Intent{Blob: planned}
	orphan := filepath.Join(r.dir, "state", "acct", planned.Name+".age")
	if err := os.WriteFile(orphan, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.core.state.Folder.WriteHead(h); err != nil {
		t.Fatal(err)
	}
	if proxyKey(t, r.core) != old {
		t.Error("an interrupted rotation changed the key")
	}
	if _, err := r.core.RotateProxyKey(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := r.keyFiles(); len(left) != 1 {
		t.Errorf("left behind: %q", left)
	}
}

func TestProxyKey_DamageIsSaidAndRotationMendsIt(t *testing.T) {
	for name, damage := range map[string]func(r *rig){
		"blob gone":  func(r *rig) { _ = os.Remove(r.keyFiles()[0]) },
		"head empty": func(r *rig) { _ = os.WriteFile(r.core.state.Folder.HeadPath(record.ProxyKeyID), nil, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			proxyKey(t, r.core)
			damage(r)
			_, err := r.open().ProxyKey(context.Background())
			if autherr.KindOf(err) != autherr.Keystore {
				t.Errorf("got %v", err)
			}
			next, err := r.core.RotateProxyKey(t.Context())
			if err != nil || proxyKey(t, r.open()) != next {
				t.Errorf("rotation does not repair it: %v", err)
			}
		})
	}
}
