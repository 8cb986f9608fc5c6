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

func (c Clients) keys() keys { return keys{c.vault, record.ClientKeysID} }

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
	return c.keys().change(ctx, false, func(t *Txn) error {
		var have clientkey.Table
		if t.Head.Ref != nil {
			blob, err := t.Unseal(ctx)
			if err != nil {
				return err
			}
			have = blob.Clients
		}
		next, err := change(have)
		if err != nil {
			return err
		}
		return t.keep(ctx, record.ClientsBlob(t.Store.Space(), record.ClientKeysID, 0, next))
	})
}

// Clear deletes what is kept of all keys, also where it cannot be read.
func (c Clients) Clear(ctx context.Context) error {
	return c.keys().clear(ctx, false)
}
