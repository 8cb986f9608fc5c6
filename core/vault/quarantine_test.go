package vault

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/keystore/keystoretest"
)

var marker = record.Note{Provider: "minimax-oauth", Code: "invalid_grant", Message: "refused", Reason: "runtime_refresh_failure", Relogin: true, At: start}

func TestQuarantine_MarkerFirstThenTheTokens(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	h := w.head(id)
	hash := h.Current
	if err := w.txn(h).Begin(t.Context(), record.ForRefresh, hash); err != nil {
		t.Fatal(err)
	}
	w.onOpen = func() { // the first call of the keystore is the deletion
		disk := w.head(id)
		if !disk.Quarantined() || disk.Ref != nil || len(disk.Trash) != 2 {
			t.Errorf("tokens are deleted before the head says so: %+v", disk)
		}
		if !w.row(id).Quarantined() {
			t.Error("tokens are deleted before the list says so")
		}
	}
	if err := w.quarantine(h, hash); err != nil {
		t.Fatal(err)
	}
	disk := w.head(id)
	if disk.Marker == nil || *disk.Marker != marker || disk.LastError == nil || !disk.WasRefused(hash) || disk.Current != "" || disk.Intent != nil || disk.Interrupted {
		t.Errorf("%+v", disk)
	}
	if got := w.names(keystore.KindFile); len(got) != 0 {
		t.Errorf("the keystore holds %v", got)
	}
	if row := w.row(id); !row.Quarantined() || row.Marker == nil {
		t.Errorf("%+v", row)
	}
	_, err := w.vault.Read(t.Context(), id)
	if autherr.CodeOf(err) != marker.Code || autherr.KindOf(err) != autherr.SignIn {
		t.Errorf("%v", err)
	}
}

func TestQuarantine_ThatCannotBeWrittenDeletesNothing(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	h := w.head(id)
	away := w.folder.BlobDir() + ".away"
	if err := os.Rename(w.folder.BlobDir(), away); err != nil {
		t.Fatal(err)
	}
	if err := w.quarantine(h, h.Current); autherr.CodeOf(err) != autherr.CodeKeystoreUnavailable {
		t.Errorf("%v", err)
	}
	if h.Quarantined() || h.Ref == nil || len(w.names(keystore.KindFile)) != 1 {
		t.Errorf("%+v", h)
	}
}

func TestQuarantine_OnlyTheGenerationThatWasRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		before func(w *world, id string)
		gen    uint64
		dead   bool
	}{
		"current":              {func(*world, string) {}, 1, true},
		"whichever is current": {func(w *world, id string) { w.rotate(id) }, 0, true},
		"rotated since":        {func(w *world, id string) { w.rotate(id) }, 1, false},
		"an interrupted sign-in": {func(w *world, id string) {
			h := w.head(id)
			if err := w.txn(h).Begin(w.Context(), record.ForLogin, ""); err != nil {
				w.Fatal(err)
			}
			data, err := w.blob(h, record.ForLogin, "").Seal()
			if err != nil {
				w.Fatal(err)
			}
			if err := w.stores[keystore.KindFile].Put(w.Context(), h.Intent.Blob.Name, data); err != nil {
				w.Fatal(err)
			}
		}, 1, false},
	} {
		w := newWorld(t)
		id := w.account()
		tc.before(w, id)
		if err := w.vault.Quarantine(t.Context(), id, tc.gen, marker); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if h := w.head(id); h.Quarantined() != tc.dead || h.Intent != nil || (len(w.names(keystore.KindFile)) == 0) != tc.dead {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

func TestQuarantine_WhatIsGoneStaysGone(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	if err := w.vault.Quarantine(t.Context(), id, 0, marker); err != nil {
		t.Fatal(err)
	}
	before := w.head(id)
	if err := w.vault.Quarantine(t.Context(), id, 0, record.Note{Code: "other"}); err != nil || w.head(id).Rev != before.Rev {
		t.Errorf("a dead account was written again: %v", err)
	}
	if err := w.vault.Remove(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := w.vault.Quarantine(t.Context(), id, 0, marker); err != nil || !w.head(id).Removed() {
		t.Errorf("a removed account: %v", err)
	}
	if err := w.vault.Quarantine(t.Context(), "ffffffffff", 0, marker); autherr.CodeOf(err) != autherr.CodeNoSuchAccount {
		t.Errorf("an account that never was: %v", err)
	}
	locked := w.account()
	h := w.head(locked)
	if err := w.txn(h).Begin(t.Context(), record.ForRefresh, h.Current); err != nil {
		t.Fatal(err)
	}
	w.stores[keystore.KindFile].Lock()
	if err := w.vault.Quarantine(t.Context(), locked, 0, marker); autherr.CodeOf(err) != autherr.CodeKeystoreLocked || w.head(locked).Quarantined() {
		t.Errorf("with a locked keystore: %v", err)
	}
}

func TestFail_IsSeenByThoseWhoWaitAndInTheList(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	h := w.head(id)
	before := h.Attempts
	h.LastError = &record.Note{Code: "timeout"}
	w.txn(h).Fail(t.Context())
	if disk := w.head(id); disk.Attempts != before+1 || disk.LastError == nil || disk.Ref == nil {
		t.Errorf("%+v", disk)
	}
	if row := w.row(id); row.LastError == nil || row.LastError.Code != "timeout" {
		t.Errorf("%+v", row)
	}
	if err := os.RemoveAll(w.folder.Dir()); err != nil {
		t.Fatal(err)
	}
	w.txn(h).Fail(t.Context()) // logged only
}

func TestSweep_KeepsTheNamesOfWhatCannotBeDeleted(t *testing.T) {
	w := newWorld(t)
	h := w.head(w.account())
	gone, stays := record.Item{Kind: "file", Name: h.ID + ".a"}, record.Item{Kind: "cloud", Name: h.ID + ".b"}
	h.Trash = []record.Item{gone, stays}
	_ = w.txn(h).sweep(t.Context())
	if !slices.Equal(h.Trash, []record.Item{stays}) {
		t.Errorf("%v", h.Trash)
	}
}

func TestRemove(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	h := w.head(id)
	if err := w.txn(h).Begin(t.Context(), record.ForRefresh, h.Current); err != nil {
		t.Fatal(err)
	}
	if err := w.stores[keystore.KindFile].Put(t.Context(), h.Intent.Blob.Name, []byte("granted")); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(time.Minute)
	for range 2 { // twice does no harm
		if err := w.vault.Remove(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		h = w.head(id)
		if !h.Removed() || h.Ref != nil || h.Intent != nil || h.Current != "" || len(h.Trash) != 0 || !h.RemovedAt.Equal(w.clock.Now()) {
			t.Errorf("%+v", h)
		}
		if p, _, err := w.folder.ReadPool(); err != nil || p.Find(id) != nil {
			t.Errorf("its row is left: %v", err)
		}
		if got := w.names(keystore.KindFile); len(got) != 0 {
			t.Errorf("the keystore holds %v", got)
		}
	}
	if err := w.vault.Remove(t.Context(), "ffffffffff"); autherr.CodeOf(err) != autherr.CodeNoSuchAccount {
		t.Errorf("%v", err)
	}
}

// What is in the way of one half of a removal does not stop the other half.
func TestRemove_HalfDoneIsFinishedLater(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	w.stores[keystore.KindFile].Lock()
	if err := w.vault.Remove(t.Context(), id); autherr.CodeOf(err) != autherr.CodeKeystoreLocked {
		t.Errorf("%v", err)
	}
	if p, _, err := w.folder.ReadPool(); err != nil || p.Find(id) != nil || !w.head(id).Removed() {
		t.Errorf("the account is still there: %v", err)
	}
	w.stores[keystore.KindFile].Unlock()
	if err := w.vault.Remove(t.Context(), id); err != nil || len(w.names(keystore.KindFile)) != 0 {
		t.Errorf("%v, the keystore holds %v", err, w.names(keystore.KindFile))
	}

	id = w.account()
	if err := os.WriteFile(w.folder.Dir()+"/pool.json", []byte(`{"version":9}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.vault.Remove(t.Context(), id); autherr.CodeOf(err) != autherr.CodeNewerStore {
		t.Errorf("%v", err)
	}
	if got := w.names(keystore.KindFile); len(got) != 1 || w.head(id).Removed() {
		t.Errorf("half of it was done beside a pool file that cannot be written: %v", got)
	}
}

func TestForget_AfterThirtyDays(t *testing.T) {
	w := newWorld(t)
	lives, removed, busy, locked := w.account(), w.account(), w.account(), w.account()
	all := []string{lives, removed, busy, locked}
	for _, id := range []string{removed, busy} {
		if err := w.vault.Remove(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	w.stores[keystore.KindFile].FailNext(keystoretest.Delete, 1, keystore.ErrLocked)
	if err := w.vault.Remove(t.Context(), locked); err == nil {
		t.Fatal("removed although the keystore is locked")
	}
	heads := func() (left []string) {
		for _, id := range all {
			if _, err := w.folder.ReadHead(id); err == nil {
				left = append(left, id)
			}
		}
		return left
	}
	w.clock.Advance(keepRemoved - time.Second)
	w.vault.Forget(t.Context(), all)
	if got := heads(); len(got) != 4 {
		t.Fatalf("after almost 30 days %v are left", got)
	}
	w.clock.Advance(2 * time.Second)
	lock, err := w.folder.Lock(t.Context(), busy)
	if err != nil {
		t.Fatal(err)
	}
	w.stores[keystore.KindFile].FailNext(keystoretest.Delete, 1, keystore.ErrLocked)
	w.vault.Forget(t.Context(), all)
	if got := heads(); !slices.Equal(got, []string{lives, busy, locked}) {
		t.Errorf("left are %v; want what lives, what is in use, and what still has a secret", got)
	}
	if events, err := w.folder.History.Events(removed); err != nil || len(events) != 0 {
		t.Errorf("its history is left: %v, %v", events, err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	w.vault.Forget(t.Context(), all)
	if got := heads(); !slices.Equal(got, []string{lives}) || len(w.names(keystore.KindFile)) != 1 {
		t.Errorf("left are %v", got)
	}
}
