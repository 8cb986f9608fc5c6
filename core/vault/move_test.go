package vault

import (
	"fmt"
	"slices"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/keystore/keystoretest"
)

func (w *world) kind() string {
	w.Helper()
	id, _, err := w.folder.Store.Read()
	if err != nil {
		w.Fatal(err)
	}
	w.ident = id
	return id.Kind + " " + id.MovingFrom
}

func (w *world) served(ids ...string) {
	w.Helper()
	for _, id := range ids {
		if got, err := w.vault.Read(w.Context(), id); err != nil || got.Blob.AccountID != id {
			w.Errorf("%s is not served: %v", id, err)
		}
	}
}

func TestMove_ThereAndBack(t *testing.T) {
	w := newWorld(t)
	a, b, dead := w.account(), w.account(), w.account()
	if err := w.vault.Quarantine(t.Context(), dead, 0, marker); err != nil {
		t.Fatal(err)
	}
	if _, err := w.folder.Reserve(t.Context()); err != nil { // a sign-in that came to nothing
		t.Fatal(err)
	}
	var said []string
	progress := func(done, total int) { said = append(said, fmt.Sprint(done, "/", total)) }
	for _, to := range []keystore.Kind{keystore.KindKeyring, keystore.KindKeyring, keystore.KindFile} {
		said = nil
		before := w.head(a)
		if err := w.vault.Move(t.Context(), to, progress); err != nil {
			t.Fatal(err)
		}
		from := keystore.KindFile
		if to == from {
			from = keystore.KindKeyring
		}
		if got := w.kind(); got != string(to)+" " {
			t.Errorf("the store says %q", got)
		}
		if len(w.names(to)) != 2 || len(w.names(from)) != 0 {
			t.Errorf("in %s %v, left %v", to, w.names(to), w.names(from))
		}
		w.served(a, b)
		if h := w.head(a); h.Gen != before.Gen || h.Current != before.Current || h.Ref.Kind != string(to) || w.row(a).Keystore != string(to) {
			t.Errorf("%+v", h)
		}
		if !w.head(dead).Quarantined() {
			t.Error("moving brought a dead account back")
		}
		if before.Ref.Kind == string(to) && len(said) != 0 || before.Ref.Kind != string(to) && !slices.Equal(said, []string{"0/4", "1/4", "2/4", "3/4"}) {
			t.Errorf("progress %v", said)
		}
	}
}

func TestMove_OfNothing(t *testing.T) {
	w := newWorld(t)
	if err := w.vault.Move(t.Context(), keystore.KindKeyring, nil); err != nil || w.kind() != "keyring " {
		t.Errorf("%v, %s", err, w.kind())
	}
	if err := w.vault.Move(t.Context(), "cloud", nil); autherr.CodeOf(err) != autherr.CodeUsage || w.kind() != "keyring " {
		t.Errorf("to a keystore that does not exist: %v, %s", err, w.kind())
	}
}

// A move that cannot succeed must not begin: new sign-ins would go elsewhere.
func TestMove_DoesNotBegin(t *testing.T) {
	for name, spoil := range map[string]func(w *world){
		"out of a locked keystore": func(w *world) { w.stores[keystore.KindFile].Lock() },
		"into a locked one":        func(w *world) { w.stores[keystore.KindKeyring].Lock() },
	} {
		w := newWorld(t)
		id := w.account()
		spoil(w)
		if err := w.vault.Move(t.Context(), keystore.KindKeyring, nil); autherr.CodeOf(err) != autherr.CodeKeystoreLocked || w.kind() != "file " {
			t.Errorf("%s: %v, the store says %s", name, err, w.kind())
		}
		w.stores[keystore.KindFile].Unlock()
		w.served(id)
	}
}

// Whatever fails in the middle, every account goes on working, and the move can
// be resumed or turned back.
func TestMove_FailsInTheMiddle(t *testing.T) {
	for name, fail := range map[string]func(w *world){
		"putting": func(w *world) { w.stores[keystore.KindKeyring].FailNext(keystoretest.Put, 1, keystore.ErrUnavailable) },
		"preparing": func(w *world) {
			w.stores[keystore.KindKeyring].FailNext(keystoretest.Prepare, 1, keystore.ErrUnavailable)
		},
		"deleting": func(w *world) { w.stores[keystore.KindFile].FailNext(keystoretest.Delete, 1, keystore.ErrUnavailable) },
	} {
		for _, to := range []keystore.Kind{keystore.KindKeyring, keystore.KindFile} {
			t.Run(name+", then to the "+string(to), func(t *testing.T) {
				w := newWorld(t)
				ids := []string{w.account(), w.account(), w.account()}
				fail(w)
				if err := w.vault.Move(t.Context(), keystore.KindKeyring, nil); autherr.CodeOf(err) != autherr.CodeKeystoreUnavailable {
					t.Fatalf("%v", err)
				}
				if got := w.kind(); got != "keyring file" {
					t.Errorf("in the middle the store says %q", got)
				}
				w.served(ids...)
				w.rotate(ids[0])
				if kind := w.head(ids[0]).Ref.Kind; kind != "keyring" {
					t.Errorf("in the middle new tokens go to the %s", kind)
				}
				if err := w.vault.Move(t.Context(), to, nil); err != nil {
					t.Fatal(err)
				}
				from := map[keystore.Kind]keystore.Kind{"keyring": "file", "file": "keyring"}[to]
				if w.kind() != string(to)+" " || len(w.names(to)) != 3 || len(w.names(from)) != 0 {
					t.Errorf("the store says %q; in it %v, in the other %v", w.kind(), w.names(to), w.names(from))
				}
				w.served(ids...)
			})
		}
	}
}

func TestMove_StopsAtADamagedAccount(t *testing.T) {
	for name, spoil := range map[string]func(w *world, h *record.Head){
		"another blob": func(w *world, h *record.Head) {
			other := w.head(w.account())
			h.Ref.Name = w.copied(other, h.ID)
		},
		"no blob": func(_ *world, h *record.Head) { h.Ref.Name = h.ID + ".0e" },
	} {
		w := newWorld(t)
		id := w.account()
		w.write(id, func(h *record.Head) { spoil(w, h) })
		before := w.head(id)
		if err := w.vault.Move(t.Context(), keystore.KindKeyring, nil); autherr.CodeOf(err) != autherr.CodeRecordDamaged {
			t.Errorf("%s: %v", name, err)
		}
		if h := w.head(id); h.Quarantined() || *h.Ref != *before.Ref || len(h.Trash) != 0 {
			t.Errorf("%s: %+v", name, h)
		}
	}
}
