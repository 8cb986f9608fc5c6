package vault

import (
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/keystore/keystoretest"
)

// keyring is a world whose secrets are in a keyring, which nobody lists for one
// account alone.
func keyring(t *testing.T) *world {
	w := newWorld(t)
	if err := w.folder.Store.SetKind(w.Context(), string(keystore.KindKeyring), ""); err != nil {
		t.Fatal(err)
	}
	w.ident.Kind = string(keystore.KindKeyring)
	return w
}

// killed begins a change of the head's account and lets its process die: with
// what, if it is not empty, under the planned name.
func (w *world) killed(h *record.Head, why record.Reason, what string) (planned record.Item) {
	w.Helper()
	if err := w.txn(h).Begin(w.Context(), why, h.Current); err != nil {
		w.Fatal(err)
	}
	if what != "" {
		if err := w.stores[keystore.Kind(w.ident.Kind)].Put(w.Context(), h.Intent.Blob.Name, []byte(what)); err != nil {
			w.Fatal(err)
		}
	}
	w.folder.ReleaseHead(h.ID)
	return h.Intent.Blob
}

func (w *world) repair(ids ...string) {
	w.Helper()
	if err := w.vault.Repair(w.Context(), ids); err != nil {
		w.Fatal(err)
	}
}

// What a killed change has put into a keyring, and no head will ever point at, is
// deleted by the next command, and the account goes on with what it had.
func TestRepair_AnInterruptedRefresh(t *testing.T) {
	w := keyring(t)
	id := w.account()
	before := w.head(id)
	w.killed(w.head(id), record.ForRefresh, "half a secret")
	w.repair(id)
	h := w.head(id)
	if h.Intent != nil || len(h.Trash) != 0 || h.Gen != 1 || h.Uncertain != before.Current || *h.Ref != *before.Ref {
		t.Errorf("%+v", h)
	}
	if got := w.names(keystore.KindKeyring); !slices.Equal(got, []string{before.Ref.Name}) {
		t.Errorf("the keyring holds %v", got)
	}
	if row := w.listed(id); row == nil || row.Left {
		t.Errorf("the list says %+v", row)
	}
}

// A first sign-in that was killed before it had tokens never was an account.
func TestRepair_ASignInThatNeverCameToTokens(t *testing.T) {
	w := keyring(t)
	other := w.account()
	id, err := w.folder.Reserve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.killed(&record.Head{Public: record.Public{ID: id, Status: record.StatusOK}}, record.ForLogin, "half a secret")
	w.repair(id)
	if h := w.head(id); !h.Removed() || !h.RemovedAt.Equal(w.clock.Now()) || h.Left() {
		t.Errorf("%+v", h)
	}
	if w.listed(id) != nil || w.listed(other) == nil || len(w.names(keystore.KindKeyring)) != 1 {
		t.Errorf("listed %+v; the keyring holds %v", w.listed(id), w.names(keystore.KindKeyring))
	}
}

// It is taken out once: the head of what was removed stays for a month from then
// on, and is not written again. One that took its intent back itself, and was
// killed before it was done, is taken out as well.
func TestRepair_TakesOutOnce(t *testing.T) {
	w := newWorld(t)
	id, err := w.folder.Reserve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := &record.Head{Public: record.Public{ID: id, Status: record.StatusOK}}
	if err := w.txn(h).Begin(t.Context(), record.ForLogin, ""); err != nil {
		t.Fatal(err)
	}
	w.txn(h).Abandon(t.Context())
	w.repair(id)
	first := w.head(id)
	if !first.Removed() {
		t.Errorf("%+v", first)
	}
	w.clock.Advance(keepRemoved)
	w.repair(id)
	if h := w.head(id); h.Rev != first.Rev || !h.RemovedAt.Equal(first.RemovedAt) {
		t.Errorf("removed at %s, then at %s", first.RemovedAt, h.RemovedAt)
	}
}

// Whoever changes the account next deletes what was planned, without looking for
// it in the keyring.
func TestSettle_DeletesWhatWasPlanned(t *testing.T) {
	w := keyring(t)
	id := w.account()
	w.killed(w.head(id), record.ForRefresh, "half a secret")
	if err := w.vault.Change(t.Context(), id, func(t *Txn) error { return t.Write(context.Background()) }); err != nil {
		t.Fatal(err)
	}
	if got := w.names(keystore.KindKeyring); !slices.Equal(got, []string{w.head(id).Ref.Name}) {
		t.Errorf("the keyring holds %v", got)
	}
}

// One that was killed after its tokens were stored is an account.
func TestRepair_ASignInThatHadItsTokens(t *testing.T) {
	w := keyring(t)
	id, err := w.folder.Reserve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	h := &record.Head{Public: record.Public{ID: id, Status: record.StatusOK}}
	data, err := w.blob(h, record.ForLogin, "").Seal()
	if err != nil {
		t.Fatal(err)
	}
	w.killed(h, record.ForLogin, string(data))
	w.repair(id)
	if h := w.head(id); h.Gen != 1 || h.Intent != nil || h.Removed() || w.listed(id) == nil {
		t.Errorf("%+v", h)
	}
	w.served(id)
}

// What cannot be read, and what somebody else holds, is left alone, and does not
// keep the rest from being cleared up.
func TestRepair_GoesOn(t *testing.T) {
	w := keyring(t)
	held, damaged, id := w.account(), w.account(), w.account()
	for _, id := range []string{held, id} {
		w.killed(w.head(id), record.ForRefresh, "half a secret")
	}
	if err := os.WriteFile(w.folder.HeadPath(damaged), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	reserved, err := w.folder.Reserve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	temp := filepath.Join(w.folder.BlobDir(), "."+reserved+".head.0123.tmp")
	if err := os.WriteFile(temp, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	lock, err := record.Open(record.Options{Dir: w.folder.Dir(), Machine: "machine", Random: rand.Reader}).Lock(t.Context(), held)
	if err != nil {
		t.Fatal(err)
	}
	w.repair(held, damaged, reserved, id)
	if w.head(held).Intent == nil {
		t.Error("the change that is under way was ended")
	}
	if data, err := os.ReadFile(w.folder.HeadPath(damaged)); err != nil || string(data) != "{" {
		t.Errorf("the damaged head became %q, %v", data, err)
	}
	if w.head(id).Intent != nil {
		t.Error("the last one was not cleared up")
	}
	if _, err := os.Stat(temp); err == nil {
		t.Error("the temporary file of a sign-in that was killed is left")
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	w.repair(held)
	if w.head(held).Intent != nil {
		t.Error("it was not cleared up when it was free")
	}
}

// Every secret that nothing names is deleted, not only the first one.
func TestRepair_DeletesAllThatNothingNames(t *testing.T) {
	w := keyring(t)
	id := w.account()
	store := w.stores[keystore.KindKeyring]
	for _, name := range []string{id + ".0a", id + ".0b", id + ".0c"} {
		if err := store.Put(t.Context(), name, []byte("left over")); err != nil {
			t.Fatal(err)
		}
	}
	w.repair(id)
	if got := w.names(keystore.KindKeyring); !slices.Equal(got, []string{w.head(id).Ref.Name}) {
		t.Errorf("the keyring holds %v", got)
	}
}

// A probe that was killed is deleted once its keystore can be asked.
func TestRepair_Probes(t *testing.T) {
	w := newWorld(t)
	p, err := probes{w.folder}.begin(string(keystore.KindKeyring), w.ident.StoreID)
	if err != nil {
		t.Fatal(err)
	}
	p.end(false) // its process has died
	store := w.stores[keystore.KindKeyring]
	if err := store.Put(t.Context(), p.name, []byte("probe")); err != nil {
		t.Fatal(err)
	}
	store.Lock()
	if err := w.vault.Repair(t.Context(), nil); autherr.CodeOf(err) != autherr.CodeKeystoreLocked {
		t.Errorf("%v", err)
	}
	store.Unlock()
	w.repair()
	notes, _ := filepath.Glob(filepath.Join(w.folder.Dir(), "probe*"))
	if got := w.names(keystore.KindKeyring); len(got) != 0 || len(notes) != 0 {
		t.Errorf("left are %v and %v", got, notes)
	}
}

// timed is a keystore that notes whether a deletion may take for ever.
type timed struct {
	keystore.Store
	limits []bool
}

func (s *timed) Delete(ctx context.Context, name string) error {
	_, limited := ctx.Deadline()
	s.limits = append(s.limits, limited)
	return s.Store.Delete(ctx, name)
}

// Clearing up after a probe does not wait for ever for a keystore that hangs.
func TestRepair_AProbeIsDeletedInTime(t *testing.T) {
	w := newWorld(t)
	store := &timed{Store: keystore.NewMemory()}
	w.stores[keystore.KindKeyring] = keystoretest.Wrap(store)
	p, err := probes{w.folder}.begin(string(keystore.KindKeyring), w.ident.StoreID)
	if err != nil {
		t.Fatal(err)
	}
	p.end(false) // its process has died
	w.repair()
	if !slices.Equal(store.limits, []bool{true}) {
		t.Errorf("limited: %v", store.limits)
	}
}

// A probe of a keyring that did not answer may still be written, so that its note
// stays; one that was refused is over.
func TestProbe_IsNotedForAsLongAsItMayBeThere(t *testing.T) {
	for err, want := range map[error]int{nil: 0, keystore.ErrUnavailable: 0, keystore.ErrLocked: 1} {
		w := newWorld(t)
		if err != nil {
			w.stores[keystore.KindFile].FailNext("probe", 1, err)
		}
		if got := w.vault.Probe(t.Context(), keystore.KindFile, w.ident.StoreID); (got == nil) != (err == nil) {
			t.Errorf("%v", got)
		}
		if notes, _ := filepath.Glob(filepath.Join(w.folder.Dir(), "probe*")); len(notes) != want {
			t.Errorf("after %v: %v", err, notes)
		}
	}
}

// listed is the account's row as the pool file itself has it, nil if it has none.
func (w *world) listed(id string) *record.Row {
	w.Helper()
	for _, row := range w.rows() {
		if row.ID == id {
			return &row
		}
	}
	return nil
}
