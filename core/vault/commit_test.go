package vault

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/keystore/keystoretest"
)

func (w *world) row(id string) record.Row {
	w.Helper()
	p, _, err := w.folder.ReadPool()
	if err != nil {
		w.Fatal(err)
	}
	row := p.Find(id)
	if row == nil {
		w.Fatalf("%s has no row", id)
	}
	return *row
}

func TestCommit_MovesTheHeadAndDropsTheOldTokens(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	w.write(id, func(h *record.Head) { // everything that a success ends
		h.Uncertain, h.Doubts, h.Failures, h.Locked, h.SignedOut, h.NotIncluded = "x", 1, 3, true, true, true
		h.NotBefore, h.LastError = start.Add(time.Hour), &record.Note{Code: "timeout"}
	})
	before := w.head(id)
	w.clock.Advance(10 * time.Minute)
	w.rotate(id)
	h := w.head(id)
	if h.Gen != 2 || h.Ref.Name == before.Ref.Name || h.Current != record.Hash(w.ident.StoreID, secret.New("refresh-token-2")) || h.Attempts != before.Attempts+1 {
		t.Errorf("%+v", h)
	}
	if h.Uncertain != "" || h.Doubts != 0 || h.Failures != 0 || h.Locked || h.SignedOut || h.NotIncluded || !h.NotBefore.IsZero() || h.LastError != nil || h.Interrupted {
		t.Errorf("the success left %+v", h)
	}
	if !h.LastRefreshAt.Equal(w.clock.Now()) || !h.SignedInAt.Equal(start) || !h.ExpiresAt.Equal(w.clock.Now().Add(15*time.Minute)) {
		t.Errorf("times %s, %s, %s", h.LastRefreshAt, h.SignedInAt, h.ExpiresAt)
	}
	if row := w.row(id); row.Gen != 2 || row.Rev != h.Rev || row.Secret != h.Current {
		t.Errorf("row %+v", row)
	}
	if got := w.names(keystore.KindFile); !slices.Equal(got, []string{h.Ref.Name}) {
		t.Errorf("the keystore holds %v", got)
	}
}

func TestCommit_ASignInMakesTheAccountOursAndAliveAgain(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	w.rotate(id)
	same := record.Hash(w.ident.StoreID, secret.New("refresh-token-3")) // that the sign-in will bring
	w.write(id, func(h *record.Head) {
		h.Owner, h.HandedOver, h.Origin = "hermes-agent", true, &record.Origin{File: "auth.json"}
		h.Refuse(same)
		h.Refuse("another")
	})
	if err := w.change(w.head(id), record.ForLogin); err != nil {
		t.Fatal(err)
	}
	h := w.head(id)
	if h.Shared() || h.HandedOver || h.Origin != nil || h.WasRefused(same) || !h.WasRefused("another") || !h.LastRefreshAt.IsZero() || h.Label != "work" {
		t.Errorf("%+v", h)
	}
}

// While the keystore fails, the others see that tokens wait to be stored; and
// what they copy then must not be newer than the commit.
func TestCommit_IsTheNewestWhateverWasSeenMeanwhile(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	w.stores[keystore.KindFile].FailNext(keystoretest.Put, 3, keystore.ErrUnavailable)
	var meanwhile *record.Head
	w.onWait = func() {
		if _, _, err := w.folder.Reconcile(t.Context()); err != nil { // a window opens
			t.Error(err)
		}
		meanwhile = w.head(id)
	}
	w.rotate(id)
	h := w.head(id)
	if meanwhile == nil || meanwhile.Intent == nil || !meanwhile.Intent.Storing || meanwhile.Gen != 1 {
		t.Fatalf("while storing failed the head said %+v", meanwhile)
	}
	if h.Rev <= meanwhile.Rev || h.Gen != 2 || h.Intent != nil {
		t.Errorf("revision %d after %d", h.Rev, meanwhile.Rev)
	}
	if row := w.row(id); row.Gen != 2 || row.Interrupted {
		t.Errorf("the row is %+v", row)
	}
}

func TestCommit_GivesUpAndKeepsTheIntent(t *testing.T) {
	for name, tc := range map[string]struct {
		patience time.Duration
		cancel   bool
	}{"out of patience": {30 * time.Second, false}, "cancelled": {0, true}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.account()
			w.vault.Patience = tc.patience
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			h := w.head(id)
			if err := w.txn(h).Begin(ctx, record.ForRefresh, h.Current); err != nil {
				t.Fatal(err)
			}
			w.stores[keystore.KindFile].FailNext(keystoretest.Put, 100, keystore.ErrUnavailable)
			if tc.cancel {
				w.onWait = cancel
			}
			err := w.txn(h).Commit(ctx, w.blob(h, record.ForRefresh, h.Current))
			if autherr.CodeOf(err) != autherr.CodeCredentialPersistFailed || !errors.Is(err, keystore.ErrUnavailable) {
				t.Fatalf("%v", err)
			}
			if waited := w.clock.Now().Sub(start); waited > tc.patience+10*time.Second {
				t.Errorf("waited %s", waited)
			}
			if disk := w.head(id); disk.Gen != 1 || disk.Intent == nil || !disk.Intent.Storing || !disk.Interrupted {
				t.Errorf("%+v", disk)
			}
			if got, err := w.vault.Read(t.Context(), id); err != nil || got.Blob.Gen != 1 {
				t.Errorf("the old token is not served: %v", err)
			}
		})
	}
}

func TestCommit_ADiskThatFailsIsTriedAgain(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	h := w.head(id)
	if err := w.txn(h).Begin(t.Context(), record.ForRefresh, h.Current); err != nil {
		t.Fatal(err)
	}
	away := w.folder.BlobDir() + ".away"
	if err := os.Rename(w.folder.BlobDir(), away); err != nil {
		t.Fatal(err)
	}
	w.onWait = func() {
		if err := os.Rename(away, w.folder.BlobDir()); err != nil {
			t.Error(err)
		}
	}
	if err := w.txn(h).Commit(t.Context(), w.blob(h, record.ForRefresh, h.Current)); err != nil {
		t.Fatal(err)
	}
	if got, err := w.vault.Read(t.Context(), id); err != nil || got.Blob.Gen != 2 {
		t.Errorf("%v", err)
	}
}

func TestBegin_FailsBeforeAnythingIsSent(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(w *world)
		code  string
	}{
		"locked":      {func(w *world) { w.stores[keystore.KindFile].Lock() }, autherr.CodeKeystoreLocked},
		"no keystore": {func(w *world) { w.ident.Kind = "cloud" }, autherr.CodeUsage},
		"no folder":   {func(w *world) { _ = os.RemoveAll(w.folder.BlobDir()) }, autherr.CodeKeystoreUnavailable},
	} {
		w := newWorld(t)
		id := w.account()
		h := w.head(id)
		tc.spoil(w)
		if err := w.txn(h).Begin(t.Context(), record.ForRefresh, h.Current); autherr.CodeOf(err) != tc.code {
			t.Errorf("%s: %v", name, err)
		}
		if h.Intent != nil || h.Gen != 1 {
			t.Errorf("%s: an intent is left: %+v", name, h.Intent)
		}
		if name == "no folder" {
			continue
		}
		if disk := w.head(id); disk.Intent != nil || disk.Interrupted {
			t.Errorf("%s: on disk %+v", name, disk.Intent)
		}
	}
}

func TestAbandon(t *testing.T) {
	w := newWorld(t)
	h := w.head(w.account())
	if w.txn(h).Abandon(t.Context()); h.Rev != w.head(h.ID).Rev || len(h.Trash) != 0 {
		t.Error("without an intent something was written")
	}
	if err := w.txn(h).Begin(t.Context(), record.ForRefresh, h.Current); err != nil {
		t.Fatal(err)
	}
	planned := h.Intent.Blob
	w.txn(h).Abandon(t.Context())
	if disk := w.head(h.ID); disk.Intent != nil || !slices.Contains(disk.Trash, planned) {
		t.Errorf("%+v", disk)
	}
	if err := w.txn(h).Begin(t.Context(), record.ForRefresh, h.Current); err != nil {
		t.Fatal(err)
	}
	first := h.Intent.Blob
	if err := w.txn(h).Begin(t.Context(), record.ForLogin, ""); err != nil || !slices.Contains(h.Trash, first) {
		t.Errorf("the older planned name is not in the trash: %v, %v", h.Trash, err)
	}
}

// TestLateWrite_ChangesNothing: the keystore holds a write back, its writer dies,
// somebody signs in or removes the account, and then the write lands.
func TestLateWrite_ChangesNothing(t *testing.T) {
	for name, next := range map[string]func(w *world, id string){
		"signed in again": func(w *world, id string) {
			h := w.head(id)
			if err := w.txn(h).Settle(w.Context()); err != nil {
				w.Fatal(err)
			}
			if err := w.change(h, record.ForLogin); err != nil {
				w.Fatal(err)
			}
		},
		"removed": func(w *world, id string) {
			if err := w.vault.Remove(w.Context(), id); err != nil {
				w.Fatal(err)
			}
		},
		"quarantined": func(w *world, id string) {
			if err := w.vault.Quarantine(w.Context(), id, 0, record.Note{Code: "invalid_grant"}); err != nil {
				w.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.account()
			store := w.stores[keystore.KindFile]
			store.Hold()
			ctx, kill := context.WithCancel(t.Context())
			ended := make(chan error)
			go func() { // its lock goes with it
				h := w.head(id)
				if err := w.txn(h).Begin(ctx, record.ForRefresh, h.Current); err != nil {
					ended <- err
					return
				}
				ended <- w.txn(h).Commit(ctx, w.blob(h, record.ForRefresh, h.Current))
			}()
			if err := store.WaitHeld(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			kill()
			if err := <-ended; err == nil {
				t.Fatal("the writer was not killed")
			}
			late := w.head(id).Intent.Blob
			store.Hold()
			done := make(chan struct{})
			go func() { defer close(done); next(w, id) }()
			if name == "signed in again" {
				if err := store.WaitHeld(t.Context(), 2); err != nil {
					t.Fatal(err)
				}
			} else {
				<-done
			}
			store.Release()
			<-done
			h := w.head(id)
			if h.Ref != nil && h.Ref.Item == late || h.Intent != nil {
				t.Fatalf("the head points at what landed late: %+v", h)
			}
			got, err := w.vault.Read(t.Context(), id)
			if name == "signed in again" {
				if err != nil || got.Blob.Why != record.ForLogin || got.Blob.Gen != 2 {
					t.Fatalf("%+v, %v", got.Blob, err)
				}
			} else if err == nil {
				t.Fatal("what landed late is served")
			}
			_ = w.txn(h).Finish(t.Context()) // as every next change does
			for _, name := range w.names(keystore.KindFile) {
				if name == late.Name {
					t.Error("it is never deleted")
				}
			}
		})
	}
}

// What can be refreshed, and what cannot, is known without opening a secret.
func TestCommit_SaysWhatCannotBeRefreshed(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*record.Blob)
		want   bool
	}{
		"grant":                     {func(*record.Blob) {}, false},
		"grant, nothing to refresh": {func(b *record.Blob) { b.Refresh = secret.Secret{} }, true},
		"API key":                   {func(b *record.Blob) { b.Refresh, b.AuthType = secret.Secret{}, record.APIKey }, false},
	} {
		w := newWorld(t)
		id := w.account()
		h := w.head(id)
		if err := w.txn(h).Begin(t.Context(), record.ForLogin, ""); err != nil {
			t.Fatal(err)
		}
		b := w.blob(h, record.ForLogin, "")
		tc.change(b)
		if err := w.txn(h).Commit(t.Context(), b); err != nil {
			t.Fatal(err)
		}
		if got := w.head(id).Unrefreshable; got != tc.want {
			t.Errorf("%s: unrefreshable %t", name, got)
		}
	}
}
