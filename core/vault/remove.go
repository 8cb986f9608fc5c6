package vault

import (
	"context"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// keepRemoved is how long the head of a removed account stays, so that its
// secrets are surely gone and its id is not confused with another.
const keepRemoved = 30 * 24 * time.Hour

// Remove deletes an account: its head says so first, then its secrets go.
// Removing an account that is removed already finishes what was left over.
func (v *Vault) Remove(ctx context.Context, id string) error {
	if err := errors.Join(v.Folder.CheckOwner(), v.Folder.CheckPool()); err != nil {
		return err
	}
	lock, err := v.Folder.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	h, err := v.Folder.ReadHead(id)
	if err != nil {
		return err
	}
	ident, _, err := v.Folder.Identity()
	if err != nil {
		return err
	}
	if !h.Removed() {
		if h.Ref != nil {
			h.Discard(h.Ref.Place)
		}
		if h.Intent != nil {
			h.Discard(h.Intent.Blob)
		}
		h.Ref, h.Intent, h.Current, h.Uncertain = nil, nil, "", ""
		h.Marker, h.LastError = nil, nil
		h.Status, h.RemovedAt = record.StatusRemoved, v.Clock.Now()
		if err := v.Folder.WriteHead(h); err != nil {
			return err
		}
		v.Record(id, record.Event{Kind: record.EventRemoved})
	}
	left := v.sweepWritten(ctx, ident, h)
	v.tidy(ctx, ident, h)
	return errors.Join(left, v.Folder.Publish(ctx, h))
}

// sweepWritten empties the trash and writes the head without it, returning why
// something is left.
func (v *Vault) sweepWritten(ctx context.Context, ident record.Identity, h *record.Head) error {
	before := len(h.Trash)
	left := v.sweep(ctx, ident, h)
	if len(h.Trash) == before {
		return left
	}
	if err := v.Folder.WriteHead(h); err != nil {
		return err
	}
	return left
}

// sweep deletes the blobs in the trash, and keeps in it, in memory, what could
// not be deleted.
func (v *Vault) sweep(ctx context.Context, ident record.Identity, h *record.Head) (left error) {
	kept := h.Trash[:0:0]
	for _, at := range h.Trash {
		if err := v.delete(ctx, ident.StoreID, at); err != nil {
			kept, left = append(kept, at), Explain(err)
		}
	}
	h.Trash = kept
	return left
}

// Forget deletes the heads and histories of those accounts that were removed
// over 30 days ago and whose secrets are gone. Heads in use are skipped.
func (v *Vault) Forget(ctx context.Context, ids []string) {
	for _, id := range ids {
		if h, err := v.Folder.ReadHead(id); err == nil && v.forgettable(h) {
			v.forget(ctx, id)
		}
	}
}

func (v *Vault) forgettable(h *record.Head) bool {
	return h.Removed() && v.Clock.Now().Sub(h.RemovedAt) >= keepRemoved
}

// forget looks again under the lock: another process may have been faster.
func (v *Vault) forget(ctx context.Context, id string) {
	lock, err := v.Folder.TryLock(id)
	if err != nil || lock == nil {
		return
	}
	defer func() { _ = lock.Unlock() }()
	h, err := v.Folder.ReadHead(id)
	if err != nil || !v.forgettable(h) {
		return
	}
	ident, _, err := v.Folder.Identity()
	if err == nil && v.sweepWritten(ctx, ident, h) == nil {
		_ = v.Folder.DeleteEvents(id)
		_ = v.Folder.DeleteHead(id)
	}
}
