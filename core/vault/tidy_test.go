package vault

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

func TestTidy_DeletesWhatNoHeadNames(t *testing.T) {
	w := newWorld(t)
	id, other := w.account(), w.account()
	store := w.stores[keystore.KindFile]
	for _, name := range []string{id + ".0123", other + ".0123", "probe.0123"} {
		if err := store.Put(t.Context(), name, []byte("left over")); err != nil {
			t.Fatal(err)
		}
	}
	stale := filepath.Join(w.folder.BlobDir(), "."+id+".head.0123456789abcdef.tmp")
	foreign := filepath.Join(w.folder.BlobDir(), "."+other+".head.0123456789abcdef.tmp")
	for _, path := range []string{stale, foreign} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.change(w.head(id), record.ForRefresh); err != nil {
		t.Fatal(err)
	}
	want := []string{w.head(id).Ref.Name, w.head(other).Ref.Name, other + ".0123", "probe.0123"}
	got := w.names(keystore.KindFile)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the keystore holds %v, want %v", got, want)
	}
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Errorf("the temporary file of a killed process is left: %v", err)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Errorf("another account's temporary file, perhaps in use, is gone: %v", err)
	}
}

func TestTidy_KeepsWhatTheHeadNames(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	h := w.head(id)
	if err := w.txn(h).Begin(t.Context(), record.ForRefresh, h.Current); err != nil {
		t.Fatal(err)
	}
	store := w.stores[keystore.KindFile]
	if err := store.Put(t.Context(), h.Intent.Blob.Name, []byte("granted")); err != nil {
		t.Fatal(err)
	}
	w.txn(h).tidy(t.Context())
	if got := w.names(keystore.KindFile); len(got) != 2 {
		t.Errorf("the keystore holds %v, want the current secret and the planned one", got)
	}
}

func TestTidy_WhatCannotBeDeletedStopsNothing(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	store := w.stores[keystore.KindFile]
	if err := store.Put(t.Context(), id+".0123", nil); err != nil {
		t.Fatal(err)
	}
	store.FailNext("delete", 2, keystore.ErrLocked)
	if err := w.change(w.head(id), record.ForRefresh); err != nil {
		t.Fatal(err)
	}
	if got := w.names(keystore.KindFile); len(got) != 3 {
		t.Fatalf("%v", got)
	}
	if err := w.change(w.head(id), record.ForRefresh); err != nil {
		t.Fatal(err)
	}
	if got := w.names(keystore.KindFile); len(got) != 1 {
		t.Errorf("the next change left %v", got)
	}
}

func TestTidy_AfterAMoveBothKeystoresAreClean(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	if err := w.stores[keystore.KindFile].Put(t.Context(), id+".0123", nil); err != nil {
		t.Fatal(err)
	}
	if err := w.vault.Move(t.Context(), keystore.KindKeyring, nil); err != nil {
		t.Fatal(err)
	}
	if got := w.names(keystore.KindFile); len(got) != 0 {
		t.Errorf("the keystore that was moved away from holds %v", got)
	}
	if got := w.names(keystore.KindKeyring); len(got) != 1 {
		t.Errorf("the other holds %v", got)
	}
}
