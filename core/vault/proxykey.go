package vault

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// ProxyKey returns the key that programs show to the proxy, without a lock; the
// zero secret while none was made.
func (v *Vault) ProxyKey(ctx context.Context) (secret.Secret, error) {
	s, err := v.read(ctx, record.ProxyKeyID)
	switch {
	case errors.Is(err, autherr.NotFound):
		return secret.Secret{}, nil
	case err != nil:
		return secret.Secret{}, err
	}
	return s.Blob.Access, nil
}

// MakeProxyKey stores a new key and returns it. With replace the old one is
// deleted; without, a key that exists already is returned instead.
func (v *Vault) MakeProxyKey(ctx context.Context, replace bool) (key secret.Secret, err error) {
	lock, err := v.Folder.Lock(ctx, record.ProxyKeyID)
	if err != nil {
		return key, err
	}
	err = v.hold(ctx, lock, func() (*record.Head, error) { return v.oldKey(replace) }, func(t *Txn) error {
		if t.Head.Ref != nil && !replace {
			blob, err := t.Unseal(ctx)
			if err == nil {
				key = blob.Access
			}
			return err
		}
		made, err := v.Folder.NewProxyKey()
		if err != nil {
			return err
		}
		data, err := record.ProxyKeyBlob(t.Store.StoreID, made).Seal()
		if err != nil {
			return err
		}
		t.Head.Status, t.Head.ObtainedAt = record.StatusOK, v.Clock.Now()
		if err = t.replace(ctx, data); err == nil {
			key = made
		}
		return err
	})
	return key, err
}

// head returns the head of an account or of the proxy's key.
func (v *Vault) head(id string) (*record.Head, error) {
	if id == record.ProxyKeyID {
		return v.Folder.ReadKeyHead()
	}
	return v.Folder.ReadHead(id)
}

// oldKey returns the head of the proxy's key, a new one where none was made. A
// damaged one is in the way of a key that is not to be replaced.
func (v *Vault) oldKey(replace bool) (*record.Head, error) {
	h, err := v.Folder.ReadKeyHead()
	if err != nil && (replace || errors.Is(err, autherr.NotFound)) {
		return &record.Head{Public: record.Public{ID: record.ProxyKeyID}}, nil
	}
	return h, err
}
