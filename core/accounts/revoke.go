package accounts

import (
	"context"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// revokeLimit bounds how long a provider may take to take a sign-in back: the
// account is gone already, and a person waits.
const revokeLimit = 5 * time.Second

// Revocation says what became of a removed account's sign-in at its provider.
type Revocation string

// What can become of it.
const (
	Revoked      Revocation = "revoked"
	NotRevoked   Revocation = "failed"      // the provider did not do it, or could not be asked
	NotRevocable Revocation = "unsupported" // it has no way to, as far as is known
	NotOurs      Revocation = "not_ours"    // another program uses the sign-in, or it is an API key
	NothingLeft  Revocation = "nothing"     // there were no tokens any more
	NotAsked     Revocation = "skipped"     // nobody wanted it
)

// Removal is what came of removing an account.
type Removal struct {
	Revocation Revocation
	Err        error // why it was not revoked; nil unless NotRevoked
}

// RemoveAndRevoke deletes an account and its secrets, as [Accounts.Remove] does, and
// then asks its provider to end the sign-in. Whatever becomes of that, and within
// 5 seconds, the account is gone; the error says only whether it is.
func (as *Accounts) RemoveAndRevoke(ctx context.Context, id string) (Removal, error) {
	end, removal := revoking{as.state}.planned(ctx, id)
	if err := as.Remove(ctx, id); err != nil || end == nil {
		return removal, err
	}
	ctx, cancel := context.WithTimeout(ctx, revokeLimit)
	defer cancel()
	err := end(ctx)
	switch {
	case err == nil:
		return Removal{Revocation: Revoked}, nil
	case errors.Is(err, &autherr.Error{Code: autherr.CodeNotRevocable}):
		return Removal{Revocation: NotRevocable}, nil
	default:
		return Removal{NotRevoked, err}, nil
	}
}

// revoking ends the sign-in of an account that is removed.
type revoking struct{ *state.State }

// planned returns how the account's sign-in is ended once its secrets
// are gone, with the tokens that they were; nil where it is not, and why.
func (r revoking) planned(ctx context.Context, id string) (func(context.Context) error, Removal) {
	h, err := r.Folder.ReadHead(id)
	switch {
	case err != nil:
		return nil, Removal{NotRevoked, err}
	case h.IsKey() || h.Shared():
		return nil, Removal{Revocation: NotOurs}
	case h.Removed() || h.Quarantined() || h.Ref == nil:
		return nil, Removal{Revocation: NothingLeft}
	}
	p, region, err := r.Providers.Region(h.Provider, h.Region)
	if err != nil || !region.Revocable() {
		return nil, Removal{Revocation: NotRevocable}
	}
	sealed, err := r.Vault.Read(ctx, id)
	if err == nil {
		err = r.Providers.Check(sealed.Blob.Binding)
	}
	if err != nil {
		return nil, Removal{NotRevoked, err}
	}
	return func(ctx context.Context) error {
		if err := r.unchanged(sealed); err != nil {
			return err
		}
		return r.OAuth.Revoke(ctx, p.Revocation(region), sealed.Blob.Binding, sealed.Blob.Refresh, sealed.Blob.Access)
	}, Removal{Revocation: NotRevoked}
}

// unchanged refuses tokens that another process has refreshed, or handed over,
// before the account was removed: a spent one ends nothing, or is taken for a
// thief's.
func (r revoking) unchanged(read vault.Sealed) error {
	h, err := r.Folder.ReadHead(read.Head.ID)
	if err == nil && (h.Gen != read.Head.Gen || h.Shared()) {
		err = &autherr.Error{
			Provider: h.Provider, Code: autherr.CodeRevocationFailed, Message: "another program had just refreshed it, or taken it over",
			Hint: "end the sign-in on the provider's account page",
		}
	}
	return err
}

// Sentence says what became of the sign-in of an account that was removed, and
// what a person can still do.
func (r Removal) Sentence(a Account) string {
	who := a.ProviderName
	switch r.Revocation {
	case Revoked:
		return "Its sign-in was revoked at " + who + "."
	case NotRevoked:
		return "Its sign-in could not be revoked at " + who + ": " + r.Err.Error() + "; to end it there too, use the provider's account page."
	case NotOurs:
		if a.IsKey() {
			return "The key itself stays good; " + who + "'s account page can delete it."
		}
		return "It was " + a.Owner + "'s sign-in, which goes on there."
	case NothingLeft:
		return "It had no tokens any more that could be revoked."
	case NotAsked:
		return "Its sign-in was not revoked at " + who + "; it ends there on the provider's account page."
	default:
		return who + " has no way to revoke a sign-in from here; to end it there too, use the provider's account page."
	}
}
