package vault

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// FleetKey is what this host shows and opens as a member of a fleet.
type FleetKey struct{ Vault *Vault }

func (k FleetKey) keys() keys { return keys{k.Vault, record.FleetKeyID} }

// Read returns the key; the zero secret where there is none.
func (k FleetKey) Read(ctx context.Context) (secret.Secret, error) {
	s, err := k.Vault.read(ctx, record.FleetKeyID)
	switch {
	case errors.Is(err, autherr.NotFound):
		return secret.Secret{}, nil
	case err != nil:
		return secret.Secret{}, err
	}
	return s.Blob.Access, nil
}

// Keep stores the key in the place of any before.
func (k FleetKey) Keep(ctx context.Context, key secret.Secret) error {
	return k.keys().change(ctx, true, func(t *Txn) error {
		return t.keep(ctx, record.KeyBlob(t.Store.Space(), record.FleetKeyID, key))
	})
}

// Forget deletes the key.
func (k FleetKey) Forget(ctx context.Context) error { return k.keys().clear(ctx, false) }
