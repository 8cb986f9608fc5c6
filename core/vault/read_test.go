package vault

import (
	"errors"
	"os"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/keystore/keystoretest"
)

// write changes a head as its owner does.
func (w *world) write(id string, change func(h *record.Head)) *record.Head {
	w.Helper()
	h := w.head(id)
	change(h)
	if err := w.folder.WriteHead(h); err != nil {
		w.Fatal(err)
	}
	return h
}

// rotate brings the next generation of tokens.
func (w *world) rotate(id string) {
	w.Helper()
	if err := w.change(w.head(id), record.ForRefresh); err != nil {
		w.Fatal(err)
	}
}

func TestRead_SaysWhatIsWrongAndDeletesNothing(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(w *world, id string)
		kind  autherr.Kind
		code  string
	}{
		"quarantined": {func(w *world, id string) {
			w.write(id, func(h *record.Head) {
				h.Status, h.Ref, h.Marker = record.StatusQuarantined, nil, &record.Note{Code: "invalid_grant", Message: "refused"}
			})
		}, autherr.SignIn, "invalid_grant"},
		"quarantined without a marker": {func(w *world, id string) {
			w.write(id, func(h *record.Head) { h.Status = record.StatusQuarantined })
		}, autherr.SignIn, autherr.CodeNotLoggedIn},
		"no tokens": {func(w *world, id string) {
			w.write(id, func(h *record.Head) { h.Ref = nil })
		}, autherr.SignIn, autherr.CodeNotLoggedIn},
		"removed": {func(w *world, id string) {
			w.write(id, func(h *record.Head) { h.Status = record.StatusRemoved })
		}, autherr.Usage, autherr.CodeNoSuchAccount},
		"keystore locked": {func(w *world, _ string) {
			w.stores[keystore.KindFile].Lock()
		}, autherr.Keystore, autherr.CodeKeystoreLocked},
		"blob gone": {func(w *world, id string) {
			if err := w.stores[keystore.KindFile].Delete(w.Context(), w.head(id).Ref.Name); err != nil {
				w.Fatal(err)
			}
		}, autherr.Keystore, autherr.CodeRecordDamaged},
		"another blob": {func(w *world, id string) {
			other := w.head(w.account())
			w.write(id, func(h *record.Head) { h.Ref.Name = w.copied(other, id) })
		}, autherr.Keystore, autherr.CodeRecordDamaged},
		"another account's blob, with its sum": {func(w *world, id string) {
			other := w.head(w.account())
			w.write(id, func(h *record.Head) {
				h.Ref = other.Ref
				h.Ref.Name = w.copied(other, id)
			})
		}, autherr.Keystore, autherr.CodeRecordDamaged},
		"another generation": {func(w *world, id string) {
			w.write(id, func(h *record.Head) { h.Gen++ })
		}, autherr.Keystore, autherr.CodeRecordDamaged},
		"another store": {func(w *world, _ string) {
			if err := os.WriteFile(w.folder.Dir()+"/store.json", []byte(`{"version":1,"store_id":"ff","kind":"file"}`), 0o600); err != nil {
				w.Fatal(err)
			}
		}, autherr.Keystore, autherr.CodeRecordDamaged},
		"store lost": {func(w *world, _ string) {
			if err := os.Remove(w.folder.Dir() + "/store.json"); err != nil {
				w.Fatal(err)
			}
		}, autherr.Keystore, autherr.CodeRecordDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.account()
			tc.spoil(w, id)
			secrets := w.stores[keystore.KindFile].Calls(keystoretest.Delete)
			got, err := w.vault.Read(t.Context(), id)
			if autherr.CodeOf(err) != tc.code || autherr.KindOf(err) != tc.kind || got.Blob != nil {
				t.Errorf("%v (%q), want %q", err, autherr.CodeOf(err), tc.code)
			}
			if w.stores[keystore.KindFile].Calls(keystoretest.Delete) != secrets {
				t.Error("reading deleted something")
			}
			if h := w.head(id); h.Status == record.StatusQuarantined && name != "quarantined" && name != "quarantined without a marker" {
				t.Error("reading signed the account out")
			}
		})
	}
	w := newWorld(t)
	if _, err := w.vault.Read(t.Context(), "ffffffffff"); !errors.Is(err, autherr.NotFound) {
		t.Errorf("an account that never was: %v", err)
	}
}

// While a reader is between head and blob, another process rotates: the blob is
// gone, and the head says where the next one is.
func TestRead_StartsOverWhenTheHeadMoves(t *testing.T) {
	for _, moves := range []int{0, 1, readTries - 1, readTries} {
		w := newWorld(t)
		id := w.account()
		left := moves
		var move func()
		move = func() {
			if left == 0 {
				return
			}
			left--
			w.rotate(id)
			w.onOpen = move
		}
		w.onOpen = move
		got, err := w.vault.Read(t.Context(), id)
		if err != nil || got.Blob.Gen != uint64(moves)+1 || got.Head.Gen != got.Blob.Gen {
			t.Errorf("%d moves: %v, %v", moves, got.Head, err)
		}
	}
}

func TestRead_GivesUpUnderTheLock(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	w.stores[keystore.KindFile].FailNext(keystoretest.Get, readTries+1, keystore.ErrNotFound)
	var touch func()
	touch = func() {
		w.write(id, func(*record.Head) {})
		w.onOpen = touch
	}
	w.onOpen = touch
	_, err := w.vault.Read(t.Context(), id)
	if autherr.CodeOf(err) != autherr.CodeRecordDamaged || !errors.Is(err, keystore.ErrNotFound) {
		t.Errorf("%v; want damage, with its cause", err)
	}
	if calls := w.stores[keystore.KindFile].Calls(keystoretest.Get); calls != readTries+1 {
		t.Errorf("it was looked for %d times", calls)
	}
}

func TestExplain(t *testing.T) {
	ours := &autherr.Error{Kind: autherr.SignIn, Code: "x"}
	for name, tc := range map[string]struct {
		err  error
		kind autherr.Kind
		code string
	}{
		"locked":      {&keystore.Error{Condition: keystore.Locked}, autherr.Keystore, autherr.CodeKeystoreLocked},
		"unavailable": {&keystore.Error{Condition: keystore.Unavailable}, autherr.Keystore, autherr.CodeKeystoreUnavailable},
		"too large":   {&keystore.Error{Condition: keystore.TooLarge}, autherr.Keystore, autherr.CodeRecordTooLarge},
		"not found":   {&keystore.Error{Condition: keystore.NotFound}, autherr.Keystore, autherr.CodeRecordDamaged},
		"damaged":     {&keystore.Error{Condition: keystore.Damaged}, autherr.Keystore, autherr.CodeRecordDamaged},
		"misused":     {&keystore.Error{Condition: keystore.Misused}, autherr.Usage, autherr.CodeUsage},
		"ours":        {ours, autherr.SignIn, "x"},
		"too late":    {os.ErrDeadlineExceeded, autherr.Failed, ""},
	} {
		got := Explain(tc.err)
		if autherr.KindOf(got) != tc.kind || autherr.CodeOf(got) != tc.code || !errors.Is(got, tc.err) {
			t.Errorf("%s: %v", name, got)
		}
	}
	if Explain(nil) != nil {
		t.Error("no error became one")
	}
}
