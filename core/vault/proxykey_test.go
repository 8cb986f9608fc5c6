package vault

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/keystore/keystoretest"
)

func (w *world) makeKey(replace bool) secret.Secret {
	w.Helper()
	key, err := w.vault.MakeProxyKey(w.Context(), replace)
	if err != nil || key.IsZero() {
		w.Fatalf("%v", err)
	}
	return key
}

// removeKey removes the key, if there is one.
func (w *world) removeKey() error {
	err := w.vault.remove(w.Context(), record.ProxyKeyID)
	if errors.Is(err, autherr.NotFound) {
		return nil
	}
	return err
}

// Why the key is not deleted is said, but for one that is not there or damaged,
// whose secret is found by listing.
func TestClear_SaysWhyTheKeyIsLeft(t *testing.T) {
	for name, tc := range map[string]struct {
		file, text string // written into the folder before
		want       string
	}{
		"a newer program's list": {"pool.json", `{"version":9}`, autherr.CodeNewerStore},
		"damaged":                {"acct/" + record.ProxyKeyID + ".head", "{", ""},
		"nothing in the way":     {"note", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.makeKey(false)
			if err := os.WriteFile(filepath.Join(w.folder.Dir(), tc.file), []byte(tc.text), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := w.vault.Clear(t.Context()); autherr.CodeOf(err) != tc.want || (err == nil) != (tc.want == "") {
				t.Errorf("%v, want %q", err, tc.want)
			}
		})
	}
	if err := newWorld(t).vault.Clear(t.Context()); err != nil {
		t.Errorf("no key was made: %v", err)
	}
}

func TestProxyKey_Life(t *testing.T) {
	w := newWorld(t)
	if key, err := w.vault.ProxyKey(t.Context()); err != nil || !key.IsZero() {
		t.Fatalf("before one was made: %v", err)
	}
	if err := w.removeKey(); err != nil {
		t.Errorf("removing nothing: %v", err)
	}
	first := w.makeKey(false)
	if w.makeKey(false) != first {
		t.Error("a second one was made")
	}
	second := w.makeKey(true)
	if got, err := w.vault.ProxyKey(t.Context()); err != nil || got != second || second == first {
		t.Errorf("after the rotation: %v", err)
	}
	if got := w.names(keystore.KindFile); len(got) != 1 {
		t.Errorf("the keystore holds %v", got)
	}
	if err := w.vault.Move(t.Context(), keystore.KindKeyring, nil); err != nil {
		t.Fatal(err)
	}
	if got, err := w.vault.ProxyKey(t.Context()); err != nil || got != second || len(w.names(keystore.KindFile)) != 0 || len(w.names(keystore.KindKeyring)) != 1 {
		t.Errorf("after the move: %v, %v, %v", err, w.names(keystore.KindFile), w.names(keystore.KindKeyring))
	}
	if err := w.removeKey(); err != nil {
		t.Fatal(err)
	}
	if got, err := w.vault.ProxyKey(t.Context()); err != nil || !got.IsZero() || len(w.names(keystore.KindKeyring)) != 0 {
		t.Errorf("after the removal: %v, %v", err, w.names(keystore.KindKeyring))
	}
}

// A key that is being rotated is read as the old one or the new one.
func TestProxyKey_ReplacedBetweenTwoReads(t *testing.T) {
	w := newWorld(t)
	w.makeKey(false)
	var next secret.Secret
	w.onOpen = func() { next = w.makeKey(true) }
	if got, err := w.vault.ProxyKey(t.Context()); err != nil || got != next {
		t.Errorf("%v", err)
	}
}

func TestProxyKey_WhatIsInTheWay(t *testing.T) {
	file := func(w *world) *keystoretest.Store { return w.stores[keystore.KindFile] }
	for name, tc := range map[string]struct {
		spoil         func(w *world)
		read, replace string // codes
	}{
		"locked":    {func(w *world) { file(w).Lock() }, autherr.CodeKeystoreLocked, autherr.CodeKeystoreLocked},
		"blob gone": {func(w *world) { _ = file(w).Delete(w.Context(), w.names(keystore.KindFile)[0]) }, autherr.CodeRecordDamaged, ""},
		"another blob": {func(w *world) {
			h, err := w.folder.ReadKeyHead(record.ProxyKeyID)
			if err != nil {
				w.Fatal(err)
			}
			h.Ref.Item = w.head(w.account()).Ref.Item
			if err := w.folder.WriteHead(h); err != nil {
				w.Fatal(err)
			}
		}, autherr.CodeRecordDamaged, ""},
		"head damaged": {func(w *world) {
			_ = os.WriteFile(w.folder.HeadPath(record.ProxyKeyID), []byte("{"), 0o600)
		}, autherr.CodeRecordDamaged, ""},
		"store lost": {func(w *world) { _ = os.WriteFile(w.folder.Dir()+"/store.json", nil, 0o600) }, autherr.CodeRecordDamaged, autherr.CodeRecordDamaged},
	} {
		w := newWorld(t)
		w.makeKey(false)
		tc.spoil(w)
		if got, err := w.vault.ProxyKey(t.Context()); autherr.CodeOf(err) != tc.read || !got.IsZero() {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := w.vault.MakeProxyKey(t.Context(), false); autherr.CodeOf(err) != tc.read || !got.IsZero() {
			t.Errorf("%s: made another one beside it: %v", name, err)
		}
		got, err := w.vault.MakeProxyKey(t.Context(), true)
		if autherr.CodeOf(err) != tc.replace {
			t.Errorf("%s: replacing: %v", name, err)
		}
		if again, failed := w.vault.ProxyKey(t.Context()); err == nil && failed == nil && again != got {
			t.Errorf("%s: the new key is not the one that is read", name)
		}
	}
}

// An old key that cannot be deleted now does not stop the new one, and is
// deleted with the next change.
func TestProxyKey_TheOldOneIsDeletedSometime(t *testing.T) {
	w := newWorld(t)
	w.makeKey(false)
	w.stores[keystore.KindFile].FailNext(keystoretest.Delete, 1, keystore.ErrLocked)
	second := w.makeKey(true)
	if got, err := w.vault.ProxyKey(t.Context()); err != nil || got != second || len(w.names(keystore.KindFile)) != 2 {
		t.Errorf("%v, %v", err, w.names(keystore.KindFile))
	}
	w.stores[keystore.KindFile].FailNext(keystoretest.Delete, 2, keystore.ErrLocked)
	if err := w.removeKey(); autherr.CodeOf(err) != autherr.CodeKeystoreLocked {
		t.Errorf("%v", err)
	}
	if err := w.removeKey(); err != nil || len(w.names(keystore.KindFile)) != 0 {
		t.Errorf("%v, %v", err, w.names(keystore.KindFile))
	}
}

// A rotation whose blob cannot be stored leaves the old key in force.
func TestProxyKey_NotStored(t *testing.T) {
	w := newWorld(t)
	old := w.makeKey(false)
	w.stores[keystore.KindFile].FailNext(keystoretest.Put, 1, keystore.ErrUnavailable)
	if _, err := w.vault.MakeProxyKey(t.Context(), true); autherr.CodeOf(err) != autherr.CodeKeystoreUnavailable {
		t.Errorf("%v", err)
	}
	if got, err := w.vault.ProxyKey(t.Context()); err != nil || got != old {
		t.Errorf("%v", err)
	}
	if next := w.makeKey(true); next == old || len(w.names(keystore.KindFile)) != 1 {
		t.Errorf("the keystore holds %v", w.names(keystore.KindFile))
	}
}
