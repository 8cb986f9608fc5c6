package serve

import (
	"context"
	"io/fs"
	"os"

	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// cachedKey is the proxy's key, valid until its head changes.
type cachedKey struct {
	key  secret.Secret
	head fs.FileInfo
	turn string // of the keystore, when it was read
}

// ProxyKey returns the key that programs show to the proxy, making it at the
// first call. It lives in the keystore, beside the tokens; no listing shows it.
// Ask for it at each request: that costs one stat of a file while nothing has
// changed, and a key that was rotated by another process is noticed.
func (sv *Serving) ProxyKey(ctx context.Context) (secret.Secret, error) {
	info, err := os.Stat(sv.keyPath)
	if err != nil {
		info = nil
	}
	sv.mu.Lock()
	have := sv.proxyKey
	sv.mu.Unlock()
	if info != nil && have.head != nil && state.SameFile(info, have.head) && have.turn == sv.state.Keystores.Turn() {
		return have.key, nil
	}
	key, err := sv.state.Vault.ProxyKey(ctx)
	if err == nil && key.IsZero() {
		info = nil
		key, err = sv.makeProxyKey(ctx, false)
	}
	if err != nil {
		return secret.Secret{}, err
	}
	sv.mu.Lock()
	sv.proxyKey = cachedKey{key, info, sv.state.Keystores.Turn()}
	sv.mu.Unlock()
	return key, nil
}

// RotateProxyKey replaces the key and returns the new one. The old one is no
// longer accepted from the next request on.
func (sv *Serving) RotateProxyKey(ctx context.Context) (secret.Secret, error) {
	return sv.makeProxyKey(ctx, true)
}

func (sv *Serving) makeProxyKey(ctx context.Context, replace bool) (secret.Secret, error) {
	if err := sv.state.Folder.Ensure(); err != nil {
		return secret.Secret{}, err
	}
	ident, ok, err := sv.state.Folder.Store.Read()
	if err != nil {
		return secret.Secret{}, err
	}
	if !ok {
		choice, err := sv.state.Keystores.Choose(ctx, "")
		if err != nil {
			return secret.Secret{}, vault.Explain(err)
		}
		if ident, err = sv.state.Folder.Store.Ensure(ctx, string(choice.Kind)); err != nil {
			return secret.Secret{}, err
		}
	} else if _, err := sv.state.Keystores.Choose(ctx, keystore.Kind(ident.Kind)); err != nil {
		return secret.Secret{}, vault.Explain(err)
	}
	return sv.state.Vault.MakeProxyKey(ctx, replace)
}
