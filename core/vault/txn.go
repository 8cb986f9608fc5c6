package vault

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// Txn is one change of an account, or of the proxy's key, while its lock is
// held. It lives until the function that it was given to returns.
type Txn struct {
	vault *Vault
	claim Claim
	// Store is which store this is, read under the lock: a move may have changed it.
	Store record.Store
	// Head is the account's head as it stands on disk, or, of a new account, as it
	// is to become. Change it and call [Txn.Write], [Txn.Commit] or [Txn.Fail].
	Head *record.Head
	// Recovered says that an interrupted change was rolled forward: the head has
	// moved to the tokens that it had stored.
	Recovered bool
	// Grounds speak for ending what another machine began.
	Grounds Grounds

	owed     bool // the head was written, and Finish has not run
	lost     bool // somebody else has changed the account
	batch    bool
	prepared []func() // release what keystores keep for blobs that may never come
}

// Change changes an account under its lock, which it waits for until ctx is done:
// an interrupted change is settled, do is called, and what the change left to be
// done is done, whether do failed or not. An account that never was is an error
// with code no_such_account.
func (v *Vault) Change(ctx context.Context, id string, do func(*Txn) error) error {
	if err := record.CheckID(id); err != nil {
		return err
	}
	return v.change(ctx, id, do)
}

// change is [Vault.Change] for an account or the proxy's key.
func (v *Vault) change(ctx context.Context, id string, do func(*Txn) error) error {
	return v.locked(ctx, id, func(t *Txn) error {
		if err := t.Settle(ctx); err != nil {
			return err
		}
		return do(t)
	})
}

// Replace is [Vault.Change] for tokens that take the place of whatever tokens the
// account has, or is about to get: those of a sign-in.
func (v *Vault) Replace(ctx context.Context, id string, do func(*Txn) error) error {
	if err := record.CheckID(id); err != nil {
		return err
	}
	return v.locked(ctx, id, func(t *Txn) error {
		if err := t.settle(ctx); err != nil {
			return err
		}
		return do(t)
	})
}

// Create is [Vault.Change] for an account that has no head yet, but whose id is
// reserved.
func (v *Vault) Create(ctx context.Context, h *record.Head, do func(*Txn) error) error {
	claim, err := v.At(h.ID).Claim(ctx, h.ID)
	if err != nil {
		return err
	}
	return v.hold(ctx, claim, func() (*record.Head, error) { return h, nil }, do)
}

// Hold is [Vault.Change] for a caller that has claimed the account in its own way,
// and calls [Txn.Settle] itself. It gives the claim back.
func (v *Vault) Hold(ctx context.Context, claim Claim, do func(*Txn) error) error {
	return v.hold(ctx, claim, func() (*record.Head, error) { return claim.Head(ctx) }, do)
}

// Edit changes what a head says beside its tokens, without opening a keystore,
// and returns the head, which the pool file does not say yet. change reports
// whether it changed anything; if not, the head is nil, as it is where somebody
// else holds it, or it cannot be read, or it is that of a removed account.
func (v *Vault) Edit(ctx context.Context, id string, change func(*record.Head) bool) (edited *record.Head) {
	if !record.ValidID(id) {
		return nil
	}
	_ = v.tryLocked(ctx, id, func(t *Txn) error {
		if !t.Head.Removed() && change(t.Head) && t.swap(ctx, Change{Next: t.Head}) == nil {
			edited = t.Head
		}
		return nil
	})
	return edited
}

// locked is change without settling.
func (v *Vault) locked(ctx context.Context, id string, do func(*Txn) error) error {
	claim, err := v.At(id).Claim(ctx, id)
	if err != nil {
		return err
	}
	return v.Hold(ctx, claim, do)
}

// tryLocked does nothing where somebody else has the lock.
func (v *Vault) tryLocked(ctx context.Context, id string, do func(*Txn) error) error {
	claim, err := v.At(id).TryClaim(ctx, id)
	if err != nil || claim == nil {
		return err
	}
	return v.Hold(ctx, claim, do)
}

func (v *Vault) hold(ctx context.Context, claim Claim, read func() (*record.Head, error), do func(*Txn) error) error {
	defer claim.Release()
	h, err := read()
	if err != nil {
		return err
	}
	ident, _, err := v.Folder.Store.Read()
	if err != nil {
		return err
	}
	if ident.Fleet != "" && v.Heads == nil {
		return joined(ident.Fleet)
	}
	t := &Txn{vault: v, claim: claim, Store: ident, Head: h}
	err = do(t)
	t.end(ctx)
	return err
}

// end does what the change left to be done. It cannot fail the change, which is
// committed, and which whoever lists the accounts sees by the head itself; what is
// left over the head names, and [Vault.Repair] deletes it.
func (t *Txn) end(ctx context.Context) {
	for _, release := range t.prepared {
		release()
	}
	if !t.owed || t.lost {
		return
	}
	if err := t.Finish(context.WithoutCancel(ctx)); err != nil {
		t.vault.Log.Warn("could not clear up after a change; the next command does", "account", t.Head.ID, "error", err)
	}
}

// MaySend returns nil where what the intent announced may begin now; see
// [Claim.MaySend].
func (t *Txn) MaySend() error { return t.claim.MaySend() }

// Write replaces the head.
func (t *Txn) Write(ctx context.Context) error {
	err := t.swap(ctx, Change{Next: t.Head})
	t.owed = t.owed || err == nil
	return err
}

// swap replaces the head. Where somebody else has changed it meanwhile, the transaction
// has nothing to clear up either: what is left is named by the head that stands.
func (t *Txn) swap(ctx context.Context, c Change) error {
	err := t.claim.Swap(ctx, c)
	t.lost = t.lost || errors.Is(err, ErrMoved)
	return err
}

// Batch leaves what costs a look at all accounts to a caller that changes many:
// copying the head into the pool file, and searching for secrets that nothing
// names.
func (t *Txn) Batch() { t.batch = true }
