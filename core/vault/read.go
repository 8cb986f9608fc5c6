package vault

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// readTries is how often a reader starts over when the head moved under it.
const readTries = 5

// Read returns an account's head and tokens without taking a lock. It fails
// with a sign-in error for a quarantined account, and with a keystore error
// when the secret cannot be had; a record that is really damaged stays as it is
// and nobody is signed out.
func (v *Vault) Read(ctx context.Context, id string) (Sealed, error) {
	if err := record.CheckID(id); err != nil {
		return Sealed{}, err
	}
	return v.read(ctx, id)
}

func (v *Vault) read(ctx context.Context, id string) (Sealed, error) {
	for range readTries {
		h, err := v.At(id).Get(ctx, id)
		if err != nil {
			return Sealed{}, err
		}
		blob, err := v.Unseal(ctx, h)
		if err == nil {
			return Sealed{h, blob}, nil
		}
		if !missing(err) {
			return Sealed{Head: h}, err
		}
		again, failed := v.At(id).Get(ctx, id)
		if failed != nil {
			return Sealed{}, failed
		}
		if again.Rev == h.Rev && again.Ref != nil && *again.Ref == *h.Ref {
			return Sealed{Head: h}, h.Damaged(err)
		}
	}
	return v.readLocked(ctx, id)
}

// readLocked reads once more where nobody can move the head.
func (v *Vault) readLocked(ctx context.Context, id string) (s Sealed, err error) {
	err = v.locked(ctx, id, func(t *Txn) (err error) {
		s.Head = t.Head
		s.Blob, err = v.Unseal(ctx, t.Head)
		return ExplainOpen(t.Head, err)
	})
	return s, err
}

// missing reports whether the blob is not what the head says, which is damage
// only if the head still says so. A damaged key says nothing about the blob.
func missing(err error) bool {
	var e *keystore.Error
	switch {
	case !errors.As(err, &e):
		return false
	case e.Condition == keystore.Damaged:
		return e.Op != "open"
	default:
		return e.Condition == keystore.NotFound
	}
}

// Unseal opens the blob that the head points at and checks that it is the one.
// A blob that is missing or another one is a keystore error of the condition
// not found or damaged.
func (v *Vault) Unseal(ctx context.Context, h *record.Head) (*record.Blob, error) {
	switch {
	case h.Removed():
		return nil, removed(h)
	case h.Quarantined():
		return nil, h.NeedsSignIn(thisAccount)
	case h.Ref == nil:
		return nil, h.NoTokens(thisAccount)
	}
	ident, _, err := v.Folder.Store.Read()
	if err != nil {
		return nil, err
	}
	data, err := v.secrets(ident.Space()).get(ctx, h.Ref.Item)
	if missing(err) {
		return nil, err
	}
	if err != nil {
		return nil, Explain(err)
	}
	defer clear(data)
	if len(data) != h.Ref.Length || record.Checksum(data) != h.Ref.SHA256 {
		return nil, &keystore.Error{Condition: keystore.Damaged, Op: "get", Message: "the stored secret is not the one that was written"}
	}
	blob, err := record.OpenBlob(data)
	if err == nil {
		owner := ident.StoreID
		if h.OfProxy() {
			owner = ident.Space() // of this machine, whatever its accounts belong to
		}
		err = blob.Belongs(owner, h.ID, h.Gen)
	}
	switch {
	case err == nil:
		return blob, nil
	case h.OfProxy() && autherr.CodeOf(err) == autherr.CodeRecordDamaged:
		return nil, h.Damaged(err)
	}
	return nil, err
}

// Unseal opens the current tokens.
func (t *Txn) Unseal(ctx context.Context) (*record.Blob, error) {
	blob, err := t.vault.Unseal(ctx, t.Head)
	return blob, ExplainOpen(t.Head, err)
}

// Unfinished reports whether an account fails only because a change of its
// tokens was interrupted, which the next holder of its lock may repair.
func (s Sealed) Unfinished() bool {
	return s.Head != nil && s.Blob == nil && s.Head.Intent != nil && (s.Head.Quarantined() || s.Head.Ref == nil)
}
