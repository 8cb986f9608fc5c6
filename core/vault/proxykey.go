package vault

import (
	"context"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// ProxyKey returns the key that programs show to the proxy, without a lock; the
// zero secret while none was made. That it was revoked is an error with code
// key_revoked.
func (v *Vault) ProxyKey(ctx context.Context) (secret.Secret, error) {
	s, err := v.read(ctx, record.ProxyKeyID)
	switch {
	case errors.Is(err, autherr.NotFound):
		if h, err := v.Folder.ReadKeyHead(); err == nil {
			return secret.Secret{}, revoked(h)
		}
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
		if err := revoked(t.Head); err != nil && !replace {
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
		t.Head.Status, t.Head.ObtainedAt, t.Head.RevokedAt = record.StatusOK, v.Clock.Now(), time.Time{}
		if err = t.replace(ctx, data); err == nil {
			key = made
		}
		return err
	})
	return key, err
}

// RevokeProxyKey takes the key away: no program opens the proxy with it any more,
// and no other one is made until MakeProxyKey replaces it.
func (v *Vault) RevokeProxyKey(ctx context.Context) error {
	if err := v.Folder.CheckOwner(); err != nil {
		return err
	}
	lock, err := v.Folder.Lock(ctx, record.ProxyKeyID)
	if err != nil {
		return err
	}
	return v.hold(ctx, lock, func() (*record.Head, error) { return v.oldKey(true) }, func(t *Txn) error {
		if revoked(t.Head) != nil {
			return t.Finish(ctx)
		}
		t.Head.DiscardAll()
		t.Head.Status, t.Head.RevokedAt = record.StatusRemoved, v.Clock.Now()
		if err := t.Write(); err != nil {
			return err
		}
		return t.Finish(ctx)
	})
}

// revoked says that the key was taken away, nil where it was not.
func revoked(h *record.Head) error {
	if h.RevokedAt.IsZero() || h.Ref != nil {
		return nil
	}
	return &autherr.Error{
		Kind: autherr.Usage, Code: autherr.CodeKeyRevoked,
		Message: "the default key was revoked",
		Hint:    "`hermes-tui key add NAME` makes one for a program; `hermes-tui serve --rotate-key` makes a new default one",
	}
}

// head returns the head of an account or of a record of keys.
func (v *Vault) head(id string) (*record.Head, error) {
	switch id {
	case record.ProxyKeyID:
		return v.Folder.ReadKeyHead()
	case record.ClientKeysID:
		return v.Folder.ReadClientKeysHead()
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
