package vault

import (
	"context"
	"errors"

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
		if h, err := v.Folder.ReadKeyHead(record.ProxyKeyID); err == nil {
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
	err = keys{v, record.ProxyKeyID}.change(ctx, replace, func(t *Txn) error {
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
		if err = t.keep(ctx, record.KeyBlob(t.Store.Space(), record.ProxyKeyID, made)); err == nil {
			key = made
		}
		return err
	})
	return key, err
}

// RevokeProxyKey takes the key away: no program opens the proxy with it any more,
// and no other one is made until MakeProxyKey replaces it.
func (v *Vault) RevokeProxyKey(ctx context.Context) error {
	return keys{v, record.ProxyKeyID}.clear(ctx, true)
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
