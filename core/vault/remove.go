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
	if err := record.CheckID(id); err != nil {
		return err
	}
	return v.remove(ctx, id)
}

func (v *Vault) remove(ctx context.Context, id string) error {
	if err := errors.Join(v.Folder.CheckOwner(), v.Folder.CheckPool()); err != nil {
		return err
	}
	return v.locked(ctx, id, func(t *Txn) error {
		if err := t.remove(ctx); err != nil {
			return err
		}
		return t.Finish(ctx)
	})
}

// remove writes that the account is gone, unless it says so already.
func (t *Txn) remove(ctx context.Context) error {
	h := t.Head
	if h.Removed() {
		return nil
	}
	h.DiscardAll()
	h.Current, h.Uncertain = "", ""
	h.Marker, h.LastError = nil, nil
	h.Status, h.RemovedAt = record.StatusRemoved, t.vault.Clock.Now()
	if err := t.Write(ctx); err != nil {
		return err
	}
	t.vault.AddEvent(h.ID, record.Event{Kind: record.EventRemoved})
	return nil
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
	_ = v.tryLocked(ctx, id, func(t *Txn) error {
		if v.forgettable(t.Head) && t.sweepWritten(ctx) == nil {
			_ = v.Folder.History.Delete(id)
			_ = v.Folder.DeleteHead(id)
		}
		return nil
	})
}
