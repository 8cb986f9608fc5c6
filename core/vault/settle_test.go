package vault

import (
	"reflect"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// TestSettle_ForwardOrBack: an intent was left by a process that was killed, and
// under its planned name there is something or nothing.
func TestSettle_ForwardOrBack(t *testing.T) {
	whole := func(*record.Blob) {}
	for name, tc := range map[string]struct {
		why       record.Reason
		blob      func(b *record.Blob) // nil: there is none
		forward   bool
		uncertain bool
	}{
		"refresh, stored":            {record.ForRefresh, whole, true, false},
		"sign-in, stored":            {record.ForLogin, whole, true, false},
		"import, stored":             {record.ForImport, whole, true, false},
		"refresh, not stored":        {record.ForRefresh, nil, false, true},
		"sign-in, not stored":        {record.ForLogin, nil, false, false},
		"move, stored":               {record.ForMove, whole, false, false}, // the old blob is as good
		"of another account":         {record.ForRefresh, func(b *record.Blob) { b.AccountID = "ffffffffff" }, false, true},
		"of another store":           {record.ForRefresh, func(b *record.Blob) { b.StoreID = "ff" }, false, true},
		"of the generation before":   {record.ForRefresh, func(b *record.Blob) { b.Gen-- }, false, true},
		"two generations on":         {record.ForRefresh, func(b *record.Blob) { b.Gen++ }, false, true},
		"for another reason":         {record.ForRefresh, func(b *record.Blob) { b.Why = record.ForLogin }, false, true},
		"in place of another token":  {record.ForRefresh, func(b *record.Blob) { b.Replaces = "ff" }, false, true},
		"a sign-in, in place of one": {record.ForLogin, func(b *record.Blob) { b.Replaces = "ff" }, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.account()
			h := w.head(id)
			old, hash := *h.Ref, ""
			if tc.why == record.ForRefresh {
				hash = h.Current
			}
			if err := w.txn(h).Begin(t.Context(), tc.why, hash); err != nil {
				t.Fatal(err)
			}
			planned := h.Intent.Blob
			if tc.blob != nil {
				b := w.blob(h, tc.why, hash)
				tc.blob(b)
				data, err := b.Seal()
				if err != nil {
					t.Fatal(err)
				}
				if err := w.stores[keystore.KindFile].Put(t.Context(), planned.Name, data); err != nil {
					t.Fatal(err)
				}
			}
			h = w.head(id) // by the next process
			txn := w.txn(h)
			err := txn.Settle(t.Context())
			forward := txn.Recovered
			if err != nil || forward != tc.forward || h.Intent != nil || (h.Uncertain != "") != tc.uncertain || h.Uncertain != "" && h.Uncertain != hash {
				t.Fatalf("forward %t, %v, uncertain %q, intent %v", forward, err, h.Uncertain, h.Intent)
			}
			_ = w.txn(h).Finish(t.Context())
			want, gen := old.Item, uint64(1)
			if tc.forward {
				want, gen = planned, 2
				if disk := w.head(id); disk.Gen != 2 || disk.Ref.Item != planned {
					t.Errorf("not committed: %+v", disk)
				}
			}
			if h.Ref.Item != want || h.Gen != gen {
				t.Errorf("the head names %v of generation %d", h.Ref.Item, h.Gen)
			}
			if names := w.names(keystore.KindFile); !reflect.DeepEqual(names, []string{want.Name}) {
				t.Errorf("the keystore holds %v", names)
			}
		})
	}
}

func TestSettle_WithoutAnIntentDoesNothing(t *testing.T) {
	w := newWorld(t)
	h := w.head(w.account())
	before := *h
	txn := w.txn(h)
	if err := txn.Settle(t.Context()); txn.Recovered || err != nil || !reflect.DeepEqual(*h, before) {
		t.Errorf("%t, %v, %+v", txn.Recovered, err, h)
	}
}

func TestSettle_AKeystoreThatCannotBeAskedChangesNothing(t *testing.T) {
	w := newWorld(t)
	h := w.head(w.account())
	if err := w.txn(h).Begin(t.Context(), record.ForRefresh, h.Current); err != nil {
		t.Fatal(err)
	}
	before := *h
	w.stores[keystore.KindFile].Lock()
	txn := w.txn(h)
	err := txn.Settle(t.Context())
	if txn.Recovered || autherr.CodeOf(err) != autherr.CodeKeystoreLocked || !reflect.DeepEqual(*h, before) {
		t.Errorf("%t, %v, %+v", txn.Recovered, err, h)
	}
}
