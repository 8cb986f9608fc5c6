package vault

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Clients are the keys of programs in a vault.
type Clients struct{ vault *Vault }

// Clients returns the keys of programs.
func (v *Vault) Clients() Clients { return Clients{v} }

// All returns what is kept of the keys, without a lock; none where none was made.
func (c Clients) All(ctx context.Context) (clientkey.Table, error) {
	s, err := c.vault.read(ctx, record.ClientKeysID)
	switch {
	case errors.Is(err, autherr.NotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return s.Blob.Clients, nil
}

// Edit puts in the place of the keys what change makes of them, in the
// three steps in which every secret changes. An error of change changes nothing.
func (c Clients) Edit(ctx context.Context, change func(clientkey.Table) (clientkey.Table, error)) error {
	v := c.vault
	lock, err := v.Folder.Lock(ctx, record.ClientKeysID)
	if err != nil {
		return err
	}
	return v.hold(ctx, lock, c.old, func(t *Txn) error {
		var keys clientkey.Table
		if t.Head.Ref != nil {
			blob, err := t.Unseal(ctx)
			if err != nil {
				return err
			}
			keys = blob.Clients
		}
		next, err := change(keys)
		if err != nil {
			return err
		}
		data, err := (&record.Blob{StoreID: t.Store.StoreID, AccountID: record.ClientKeysID, Clients: next}).Seal()
		if err != nil {
			return err
		}
		t.Head.Status, t.Head.ObtainedAt = record.StatusOK, v.Clock.Now()
		return t.replace(ctx, data)
	})
}

// Clear deletes what is kept of all keys, also where it cannot be read.
func (c Clients) Clear(ctx context.Context) error {
	v := c.vault
	if err := v.Folder.CheckOwner(); err != nil {
		return err
	}
	lock, err := v.Folder.Lock(ctx, record.ClientKeysID)
	if err != nil {
		return err
	}
	return v.hold(ctx, lock, func() (*record.Head, error) {
		h, err := v.Folder.ReadClientKeysHead()
		if err != nil {
			return &record.Head{Public: record.Public{ID: record.ClientKeysID}}, nil
		}
		return h, nil
	}, func(t *Txn) error {
		t.Head.DiscardAll()
		t.Head.Status = record.StatusRemoved
		if err := t.Write(); err != nil {
			return err
		}
		return t.Finish(ctx)
	})
}

// old returns the head of the keys, a new one where none was made.
func (c Clients) old() (*record.Head, error) {
	h, err := c.vault.Folder.ReadClientKeysHead()
	if errors.Is(err, autherr.NotFound) {
		return &record.Head{Public: record.Public{ID: record.ClientKeysID}}, nil
	}
	return h, err
}
