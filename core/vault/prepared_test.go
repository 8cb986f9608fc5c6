package vault

import (
	"context"
	"errors"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// holding is a keystore that keeps its key for every blob that was prepared.
type holding struct {
	keystore.Store
	kept map[string]bool
	fail error // of every Put
}

func (s *holding) Open(context.Context, keystore.Kind, string) (keystore.Store, error) { return s, nil }

func (s *holding) Prepare(ctx context.Context, name string) error {
	s.kept[name] = true
	return s.Store.Prepare(ctx, name)
}

func (s *holding) Put(ctx context.Context, name string, blob []byte) error {
	if s.fail != nil {
		return s.fail
	}
	return s.Store.Put(ctx, name, blob)
}

func (s *holding) Release(name string) { delete(s.kept, name) }

// However a change ends, no keystore goes on keeping what it was prepared with.
func TestTxn_ReleasesWhatWasPrepared(t *testing.T) {
	for name, end := range map[string]func(*world, *Txn, *holding) error{
		"stored": func(w *world, t *Txn, _ *holding) error {
			return t.Commit(w.Context(), w.blob(t.Head, record.ForRefresh, t.Head.Current))
		},
		"not stored": func(w *world, t *Txn, store *holding) error {
			store.fail = errors.New("the disk is full")
			return t.Commit(w.Context(), w.blob(t.Head, record.ForRefresh, t.Head.Current))
		},
		"taken back": func(w *world, t *Txn, _ *holding) error {
			t.Abandon(w.Context())
			return nil
		},
		"left to the next": func(*world, *Txn, *holding) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			id := w.account()
			store := &holding{Store: w.stores[keystore.KindFile], kept: map[string]bool{}}
			w.vault.Keystores = store
			_ = w.vault.Change(t.Context(), id, func(txn *Txn) error {
				if err := txn.Begin(t.Context(), record.ForRefresh, txn.Head.Current); err != nil || len(store.kept) != 1 {
					t.Fatalf("%v, kept are %v", err, store.kept)
				}
				return end(w, txn, store)
			})
			if len(store.kept) != 0 {
				t.Errorf("kept are %v", store.kept)
			}
		})
	}
}
