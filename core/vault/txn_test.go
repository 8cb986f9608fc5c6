package vault

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/keystore/keystoretest"
)

// Edit changes what a head says, and nothing where there is nobody to change.
func TestEdit(t *testing.T) {
	w := newWorld(t)
	id, gone, held := w.account(), w.account(), w.account()
	if err := w.vault.Remove(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	lock, err := record.Open(record.Options{Dir: w.folder.Dir(), Machine: "machine", Random: rand.Reader}).Lock(t.Context(), held)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Unlock() }()
	rename := func(h *record.Head) bool { h.Label = "new"; return true }
	if h := w.vault.Edit(t.Context(), id, rename); h == nil || h.Label != "new" || w.head(id).Label != "new" {
		t.Errorf("%+v", h)
	}
	before := w.head(id).Rev
	if h := w.vault.Edit(t.Context(), id, func(*record.Head) bool { return false }); h != nil || w.head(id).Rev != before {
		t.Errorf("nothing changed, and it was written: %+v", h)
	}
	for _, nobody := range []string{gone, held, "ffffffffff", record.ProxyKeyID, ""} {
		if h := w.vault.Edit(t.Context(), nobody, rename); h != nil {
			t.Errorf("%q: %+v", nobody, h)
		}
	}
	if w.head(gone).Label == "new" || w.head(held).Label == "new" {
		t.Error("what is removed or held was changed")
	}
}

// A change of many accounts leaves the pool file to whoever makes it, and nothing
// else.
func TestBatch_LeavesThePoolFile(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	w.write(id, func(h *record.Head) { h.Discard(w.place(id)) })
	err := w.vault.Change(t.Context(), id, func(txn *Txn) error {
		txn.Batch()
		txn.Head.Provider = "xai-oauth"
		return txn.Write(context.Background())
	})
	if err != nil {
		t.Fatal(err)
	}
	if row := w.listed(id); row.Provider == "xai-oauth" {
		t.Errorf("%+v", row)
	}
	if h := w.head(id); h.Provider != "xai-oauth" || len(h.Trash) != 0 || len(w.names(keystore.KindFile)) != 1 {
		t.Errorf("%+v; %v", h, w.names(keystore.KindFile))
	}
}

// place stores something that the account does not need.
func (w *world) place(id string) record.Item {
	w.Helper()
	at := record.Item{Kind: string(keystore.KindFile), Name: id + ".0d"}
	if err := w.stores[keystore.KindFile].Put(w.Context(), at.Name, []byte("old")); err != nil {
		w.Fatal(err)
	}
	return at
}

// An account whose lock cannot be had, or that never was, is not changed.
func TestChange_OfNobody(t *testing.T) {
	w := newWorld(t)
	called := func(*Txn) error { t.Error("it was called"); return nil }
	for _, id := range []string{"ffffffffff", "", record.ProxyKeyID, "../x"} {
		if err := w.vault.Change(t.Context(), id, called); !errors.Is(err, autherr.NotFound) && autherr.CodeOf(err) != autherr.CodeNoSuchAccount {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// Moving looks at what can be read. An account without tokens has nothing to
// move, and a record that cannot be read stops the move with its own error.
func TestMove_LooksAtWhatThereIs(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	if err := w.vault.Quarantine(t.Context(), id, 0, marker); err != nil {
		t.Fatal(err)
	}
	if err := w.vault.Move(t.Context(), keystore.KindKeyring, nil); err != nil || w.kind() != "keyring " {
		t.Errorf("%v, %s", err, w.kind())
	}
	if err := os.WriteFile(w.folder.HeadPath(id), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := w.vault.Move(t.Context(), keystore.KindFile, nil); autherr.CodeOf(err) != autherr.CodeRecordDamaged {
		t.Errorf("%v", err)
	}
}

// A key of the proxy that is not the one which was written is said to be that,
// and not the tokens of an account.
func TestProxyKey_DamagedSaysWhose(t *testing.T) {
	w := newWorld(t)
	w.makeKey(false)
	h, err := w.folder.ReadKeyHead(record.ProxyKeyID)
	if err != nil {
		t.Fatal(err)
	}
	data, err := record.KeyBlob("ff", record.ProxyKeyID, w.makeKey(false)).Seal() // another store's
	if err != nil {
		t.Fatal(err)
	}
	h.Ref = refTo(record.Item{Kind: h.Ref.Kind, Name: record.ProxyKeyID + ".0c"}, data)
	if err := w.stores[keystore.KindFile].Put(t.Context(), h.Ref.Name, data); err != nil {
		t.Fatal(err)
	}
	if err := w.folder.WriteHead(h); err != nil {
		t.Fatal(err)
	}
	_, err = w.vault.ProxyKey(t.Context())
	if autherr.CodeOf(err) != autherr.CodeRecordDamaged || !strings.Contains(err.Error(), "the key of the proxy") {
		t.Errorf("%v", err)
	}
}

// A move that goes on leaves alone what has arrived.
func TestMove_GoesOnWhereItStopped(t *testing.T) {
	w := newWorld(t)
	ids := []string{w.account(), w.account(), w.account()}
	ring := w.stores[keystore.KindKeyring]
	if err := w.vault.Move(t.Context(), keystore.KindKeyring, func(done, _ int) {
		if done == 1 {
			ring.FailNext(keystoretest.Put, 1, keystore.ErrUnavailable)
		}
	}); autherr.CodeOf(err) != autherr.CodeKeystoreUnavailable {
		t.Fatalf("%v", err)
	}
	arrived := map[string]record.Item{}
	for _, id := range ids {
		if h := w.head(id); h.Ref.Kind == string(keystore.KindKeyring) {
			arrived[id] = h.Ref.Item
		}
	}
	if len(arrived) != 1 {
		t.Fatalf("arrived are %v", arrived)
	}
	if err := w.vault.Move(t.Context(), keystore.KindKeyring, nil); err != nil {
		t.Fatal(err)
	}
	for id, at := range arrived {
		if got := w.head(id).Ref.Item; got != at {
			t.Errorf("%s was moved again: %v, before %v", id, got, at)
		}
	}
	w.served(ids...)
}
