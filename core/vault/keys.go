package vault

import (
	"context"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// keys is a record of keys that programs show to the proxy.
type keys struct {
	vault *Vault
	id    string
}

// change changes the record under its lock. Where replace says so, one that is damaged
// is made anew.
func (k keys) change(ctx context.Context, replace bool, do func(*Txn) error) error {
	claim, err := k.vault.At(k.id).Claim(ctx, k.id)
	if err != nil {
		return err
	}
	return k.vault.hold(ctx, claim, func() (*record.Head, error) { return k.head(ctx, claim, replace) }, do)
}

// head returns the record's head, a new one where no key was made. A damaged one is in
// the way of keys that are not to be replaced, and one that a newer program has
// written always is.
func (k keys) head(ctx context.Context, claim Claim, replace bool) (*record.Head, error) {
	h, err := claim.Head(ctx)
	if errors.Is(err, autherr.NotFound) || err != nil && replace && autherr.CodeOf(err) != autherr.CodeNewerStore {
		return &record.Head{Public: record.Public{ID: k.id}}, nil
	}
	return h, err
}

// clear deletes the keys, also where they cannot be read. With revoked no others are
// made by themselves.
func (k keys) clear(ctx context.Context, revoked bool) error {
	if err := k.vault.Folder.CheckOwner(); err != nil {
		return err
	}
	return k.change(ctx, true, func(t *Txn) error {
		t.Head.DiscardAll()
		t.Head.Status = record.StatusRemoved
		if revoked && t.Head.RevokedAt.IsZero() {
			t.Head.RevokedAt = k.vault.Clock.Now()
		}
		if err := t.Write(ctx); err != nil {
			return err
		}
		return t.Finish(ctx)
	})
}

// keep stores keys in the place of those that there are, in the three steps in which
// every secret changes.
func (t *Txn) keep(ctx context.Context, blob *record.Blob) error {
	data, err := blob.Seal()
	if err != nil {
		return err
	}
	t.Head.Status, t.Head.ObtainedAt, t.Head.RevokedAt = record.StatusOK, t.vault.Clock.Now(), time.Time{}
	return t.replace(ctx, data)
}
