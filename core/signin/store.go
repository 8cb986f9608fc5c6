package signin

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Store is the last step of a sign-in alone: it keeps tokens that were granted
// otherwise, such as by an issuer in a test, in a keystore of this kind.
func Store(ctx context.Context, in *SignIns, o Options, kind keystore.Kind, tokens *oauth.Tokens) (id string, err error) {
	a := &attempt{SignIns: in, options: o, kind: kind, authType: record.OAuth}
	if err := a.resolve(); err != nil {
		return "", err
	}
	return a.store(ctx, a.blob(tokens))
}

// movedTries is how often a grant is stored over what another machine has changed
// meanwhile.
const movedTries = 10

// store keeps a grant or a key: as a new account, or in the place of the dead
// one of an existing account, which keeps its id, label and place. What blob
// lacks is filled in.
func (a *attempt) store(ctx context.Context, blob *record.Blob) (string, error) {
	ident, err := a.state.Folder.Store.Ensure(ctx, string(a.kind))
	if err != nil {
		return "", err
	}
	if err := a.notTwice(record.Hash(ident.StoreID, blob.Grant())); err != nil {
		return "", err
	}
	keep := func(t *vault.Txn) error { return a.keep(ctx, t, blob) }
	if id := a.options.Account; id != "" {
		err := vault.ErrMoved
		for try := 0; try < movedTries && errors.Is(err, vault.ErrMoved); try++ {
			err = a.state.Vault.Replace(ctx, id, keep)
		}
		return id, a.aside(ctx, id, nil, blob, err)
	}
	id, err := a.state.Folder.Reserve(ctx)
	if err != nil {
		return "", err
	}
	err = a.state.Vault.Create(ctx, a.newHead(id), keep)
	return id, a.aside(ctx, id, a.newHead(id), blob, err)
}

// aside keeps a grant on this host where the fleet's store could not be written, and
// says so: a person has approved it, and is not to be asked again.
func (a *attempt) aside(ctx context.Context, id string, h *record.Head, blob *record.Blob, cause error) error {
	why := autherr.CodeFleetAway
	switch {
	case errors.Is(cause, &autherr.Error{Code: autherr.CodeFleetRestored}):
		why = autherr.CodeFleetRestored
	case !errors.Is(cause, &autherr.Error{Code: autherr.CodeFleetAway}):
		return cause
	}
	if err := vault.Aside(context.WithoutCancel(ctx), a.state.Vault, id, h, blob); err != nil {
		a.state.Log.Warn("could not keep the tokens of a sign-in on this host", "account", id, "error", err)
		return cause
	}
	return &autherr.Error{
		Kind: autherr.Keystore, Provider: a.target.Provider, Code: why, Err: cause,
		Message: "you are signed in, and the fleet's store does not take the tokens now: they are kept on this host",
		Hint:    "do not sign in again: the next command here that opens the keystore brings them into the fleet, once the store can be written",
	}
}

// keep stores the grant as the account's next generation.
func (a *attempt) keep(ctx context.Context, t *vault.Txn, blob *record.Blob) error {
	h := t.Head
	if h.Removed() {
		return &autherr.Error{
			Kind: autherr.Failed, Provider: h.Provider, Code: autherr.CodeNoSuchAccount,
			Message: "the account was removed while you signed in",
			Hint:    "add it anew with `hermes-tui login`",
		}
	}
	if !h.Quarantined() && h.Ref != nil && h.Current == record.Hash(t.Store.StoreID, blob.Grant()) {
		return nil // what an earlier try had kept on this host is in the fleet by now
	}
	if err := t.Begin(ctx, record.ForLogin, ""); err != nil {
		return err
	}
	blob.StoreID, blob.AccountID, blob.Gen, blob.Why = t.Store.StoreID, h.ID, h.Gen+1, record.ForLogin
	h.Skew = a.provider.SkewOf(blob.ExpiresAt.Sub(blob.ObtainedAt))
	if err := t.Commit(ctx, blob); err != nil {
		return err
	}
	if a.odd != nil {
		h.LastError = refresh.OddExpiry(h.Provider, a.odd, a.state.Clock.Now())
		if err := t.Write(ctx); err != nil {
			a.state.Log.Warn("could not write the odd expiry down", "account", h.ID, "error", err)
		}
	}
	return nil
}

// newHead is the head of a new account.
func (a *attempt) newHead(id string) *record.Head {
	return &record.Head{
		Public: record.Public{
			ID: id, Status: record.StatusOK, Provider: a.target.Provider, Region: a.target.Region,
			AuthType: a.authType, Source: a.source(),
		},
		Label: a.newLabel(),
	}
}

// source is where a new account comes from.
func (a *attempt) source() string {
	if a.authType == record.APIKey {
		return record.APIKey
	}
	return "device_code"
}

// blob is what is kept of granted tokens.
func (a *attempt) blob(tokens *oauth.Tokens) *record.Blob {
	b := &record.Blob{
		Binding: a.target.Binding, Access: tokens.Access, Refresh: tokens.Refresh, ID: tokens.ID,
		TokenType: tokens.Type, ObtainedAt: tokens.ObtainedAt, ExpiresAt: tokens.ExpiresAt,
		AuthType: record.OAuth, Identity: tokens.Identity,
	}
	if life := a.provider.GrantLife; life > 0 {
		b.GrantExpiresAt = b.ObtainedAt.Add(life)
	}
	if base, ok := b.Binding.ResourceBase(tokens.ResourceURL); ok {
		b.Binding.BaseURL = base
	}
	if tokens.ExpiryErr != nil {
		b.ExpiresAt = b.ObtainedAt.Add(expiry.UsualLife)
		a.odd = tokens.ExpiryErr
	}
	if tokens.Scope != "" {
		b.Binding.Scope = tokens.Scope
	}
	return b
}

// notTwice refuses a grant that stands under another id already: two records
// of one single-use token would sign each other out.
func (a *attempt) notTwice(hash string) error {
	ids, err := a.state.Folder.IDs()
	if err != nil || hash == "" {
		return err
	}
	for _, id := range ids {
		h, err := a.state.Folder.ReadHead(id)
		if err != nil || h.Removed() || h.Current != hash || id == a.options.Account {
			continue
		}
		message := "the provider gave out the same sign-in as account " + id + " has, so it was not stored twice"
		if h.IsKey() {
			message = "account " + id + " has this key already, so it was not stored twice"
		}
		return &autherr.Error{
			Kind: autherr.Failed, Provider: h.Provider, Code: autherr.CodeAuthorizationFailed,
			Message: message, Hint: "use that account",
		}
	}
	return nil
}
