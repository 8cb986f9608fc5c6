package vault

import (
	"slices"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// What no head names is deleted once something is cleared up, unless it is newer
// than the head: then the head is an old copy. Purging deletes that, too.
func TestRepair_DeletesWhatNoHeadNames(t *testing.T) {
	w := newWorld(t)
	if err := w.folder.Store.SetKind(w.Context(), "keyring", ""); err != nil {
		t.Fatal(err)
	}
	w.ident.Kind = "keyring"
	id := w.account()
	h := w.head(id)
	store := w.stores[keystore.KindKeyring]
	put := func(name string, gen uint64) {
		t.Helper()
		blob := w.blob(h, record.ForRefresh, "")
		blob.Gen = gen
		data, err := blob.Seal()
		if err == nil {
			err = store.Put(t.Context(), name, data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put(id+".0d", h.Gen)
	put(id+".0e", h.Gen+1)
	put("ffffffffff.0f", 1)
	if unnamed, orphans := w.vault.Unnamed(t.Context()); len(unnamed) != 2 || len(orphans) != 1 {
		t.Errorf("%v %v", unnamed, orphans)
	}
	store.Lock()
	if err := w.vault.deleteAll(t.Context()); err == nil {
		t.Error("a keystore that cannot be listed counts as empty")
	}
	store.Unlock()
	if err := w.vault.Repair(t.Context(), []string{id}); err != nil {
		t.Fatal(err)
	}
	want := []string{h.Ref.Name, id + ".0e", "ffffffffff.0f"}
	if got := w.names(keystore.KindKeyring); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
		t.Errorf("left are %v, want %v", got, want)
	}
	if err := w.vault.Clear(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.names(keystore.KindKeyring); len(got) != 0 {
		t.Errorf("after a purge %v are left", got)
	}
}
