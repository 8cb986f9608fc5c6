package vault

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/lately"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// storeTimeout bounds one try to write or delete a secret.
const storeTimeout = 20 * time.Second

// secrets are the blobs of one store, each in the keystore that its place names.
type secrets struct {
	keystores Keystores
	storeID   string
}

func (v *Vault) secrets(storeID string) secrets { return secrets{v.Keystores, storeID} }

func (t *Txn) secrets() secrets { return t.vault.secrets(t.Store.Space()) }

func (s secrets) open(ctx context.Context, kind string) (keystore.Store, error) {
	return s.keystores.Open(ctx, keystore.Kind(kind), s.storeID)
}

// get reads the bytes at a place within [OpenTimeout].
func (s secrets) get(ctx context.Context, at record.Item) ([]byte, error) {
	ctx, cancel := lately.WithTimeout(ctx, OpenTimeout)
	defer cancel()
	store, err := s.open(ctx, at.Kind)
	if err != nil {
		return nil, err
	}
	return store.Get(ctx, at.Name)
}

// put stores bytes at a place and reads them back.
func (s secrets) put(ctx context.Context, at record.Item, data []byte) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	store, err := s.open(ctx, at.Kind)
	if err != nil {
		return err
	}
	return store.Put(ctx, at.Name, data)
}

func (s secrets) delete(ctx context.Context, at record.Item) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	store, err := s.open(ctx, at.Kind)
	if err != nil {
		return err
	}
	return store.Delete(ctx, at.Name)
}

// list returns the names in a keystore; none where it is of a kind that cannot
// be listed.
func (s secrets) list(ctx context.Context, kind string) ([]string, error) {
	if kind == "" {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, OpenTimeout)
	defer cancel()
	store, err := s.open(ctx, kind)
	if err != nil {
		return nil, Explain(err)
	}
	lister, ok := store.(keystore.Lister)
	if !ok {
		return nil, nil
	}
	names, err := lister.List(ctx)
	return names, Explain(err)
}

// of lists the secrets of an account in one kind of keystore. A keyring is not
// asked: that costs a call for each of its items.
func (s secrets) of(ctx context.Context, kind, id string) []string {
	if kind == string(keystore.KindKeyring) {
		return nil
	}
	names, _ := s.list(ctx, kind)
	return slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, id+".") })
}
