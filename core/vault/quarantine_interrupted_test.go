package vault

import (
	"slices"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// A change that a killed process left between its secret and its head is brought
// to its end when the API refuses the tokens from before: the head, the list and
// the keystore have the new ones, and only them.
func TestQuarantine_CompletesWhatWasLeftUnfinished(t *testing.T) {
	w := newWorld(t)
	id := w.account()
	h := w.head(id)
	if err := w.txn(h).Begin(t.Context(), record.ForRefresh, h.Current); err != nil {
		t.Fatal(err)
	}
	planned := h.Intent.Blob
	data, err := w.blob(h, record.ForRefresh, h.Current).Seal()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.stores[keystore.KindFile].Put(t.Context(), planned.Name, data); err != nil {
		t.Fatal(err)
	}
	if err := w.vault.Quarantine(t.Context(), id, 1, marker); err != nil {
		t.Fatal(err)
	}
	h = w.head(id)
	if h.Quarantined() || h.Gen != 2 || h.Intent != nil || h.Ref == nil || h.Ref.Item != planned {
		t.Errorf("the head: %+v", h)
	}
	if row := w.row(id); row.Gen != 2 || row.Interrupted || row.Rev != h.Rev {
		t.Errorf("the list: %+v", row)
	}
	if names := w.names(keystore.KindFile); !slices.Equal(names, []string{planned.Name}) {
		t.Errorf("the keystore: %v", names)
	}
}
