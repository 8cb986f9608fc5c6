package serve

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/glance"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// cachedKey is the proxy's key, valid until its head changes.
type cachedKey struct {
	key  secret.Secret
	used time.Time // when it was last asked for
	glimpse
}

// ProxyKey returns the key that programs show to the proxy, making it at the
// first call. It lives in the keystore, beside the tokens; no listing shows it.
// Ask for it at each request: that costs a stat of its head at most while nothing has
// changed, and one of the lock's file where the keystore can be locked; a key that
// was rotated by another process is noticed. One that was revoked is an error with
// code key_revoked.
func (sv *Serving) ProxyKey(ctx context.Context) (secret.Secret, error) {
	if key, ok := sv.cheapKey(glance.Mark{}); ok {
		return key, nil
	}
	seen := sv.look(record.ProxyKeyID)
	key, err := sv.state.Vault.ProxyKey(ctx)
	if err == nil && key.IsZero() {
		return sv.makeProxyKey(ctx, false) // remembered when it is read
	}
	if err != nil {
		return secret.Secret{}, err
	}
	if seen.head != nil {
		sv.mu.Lock()
		defer sv.mu.Unlock()
		sv.proxyKey = cachedKey{key, sv.state.Clock.Now(), seen}
	}
	return key, nil
}

// cheapKey returns the key in memory, if nothing has changed since it was read.
func (sv *Serving) cheapKey(at glance.Mark) (secret.Secret, bool) {
	now := sv.state.Clock.Now()
	sv.mu.Lock()
	have := sv.proxyKey
	sv.mu.Unlock()
	seen, same := sv.still(record.ProxyKeyID, have.glimpse, at, now)
	if !same {
		return secret.Secret{}, false
	}
	sv.mu.Lock()
	defer sv.mu.Unlock()
	if sv.proxyKey.head == have.head { // not forgotten meanwhile
		sv.proxyKey.used, sv.proxyKey.glimpse = now, seen
	}
	return have.key, true
}

// RotateProxyKey replaces the key and returns the new one. The old one is no
// longer accepted from the next request on.
func (sv *Serving) RotateProxyKey(ctx context.Context) (secret.Secret, error) {
	return sv.makeProxyKey(ctx, true)
}

func (sv *Serving) makeProxyKey(ctx context.Context, replace bool) (secret.Secret, error) {
	if err := prepare(ctx, sv.state); err != nil {
		return secret.Secret{}, err
	}
	return sv.state.Vault.MakeProxyKey(ctx, replace)
}

// prepare makes folder and store ready for a secret, where they are not.
func prepare(ctx context.Context, s *state.State) error {
	if err := s.Folder.Ensure(); err != nil {
		return err
	}
	ident, ok, err := s.Folder.Store.Read()
	if err != nil {
		return err
	}
	if ok {
		_, err := s.Keystores.Choose(ctx, keystore.Kind(ident.Kind))
		return vault.Explain(err)
	}
	choice, err := s.Keystores.Choose(ctx, "")
	if err != nil {
		return vault.Explain(err)
	}
	_, err = s.Folder.Store.Ensure(ctx, string(choice.Kind))
	return err
}
