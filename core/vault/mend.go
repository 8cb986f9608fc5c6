package vault

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Mend finishes what killed processes, or a keystore that was locked, left of
// these accounts, of probes and of the proxy's key: a change that was begun is
// brought to its end or taken back, and what nothing needs is deleted. An
// account whose lock is taken is left to whoever holds it. The first failure of
// the keystore ends it; the next command goes on.
func (v *Vault) Mend(ctx context.Context, ids []string) error {
	ident, ok, err := v.Folder.Identity()
	if err != nil {
		return err
	}
	if err := v.mendProbes(ctx); err != nil {
		return err
	}
	if !ok {
		return nil
	}
	if err := v.Folder.CheckMachine(ident); err != nil {
		return err
	}
	for _, id := range ids {
		if err := v.mend(ctx, id); err != nil {
			return err
		}
	}
	if len(ids) > 0 { // something was killed: a keyring may have more
		for _, at := range v.unnamed(ctx, ident) {
			if err := v.deleteUnnamed(ctx, ident, at); err != nil {
				return err
			}
		}
	}
	return v.mendProxyKey(ctx, ident)
}

func (v *Vault) mend(ctx context.Context, id string) error {
	lock, err := v.Folder.TryLock(id)
	if err != nil || lock == nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	h, err := v.Folder.ReadHead(id)
	if errors.Is(err, autherr.NotFound) { // killed before it had a head
		v.Folder.CleanTemp(id)
		return nil
	}
	if err != nil {
		return nil // it is named where accounts are listed; nobody may guess what it said
	}
	ident, _, err := v.Folder.Identity() // a move may have changed it
	if err != nil {
		return err
	}
	if h.Left() {
		if err := v.finish(ctx, ident, h); err != nil {
			return err
		}
	}
	v.tidy(ctx, ident, h)
	return v.Folder.Publish(ctx, h)
}

// finish ends the change that the head tells of, and empties its trash. An
// account that never came to tokens is none.
func (v *Vault) finish(ctx context.Context, ident record.Identity, h *record.Head) error {
	begun := h.Intent != nil
	forward, err := v.Settle(ctx, ident, h)
	if err != nil {
		return err
	}
	never := h.Gen == 0 && !h.Removed()
	if never {
		h.Status, h.RemovedAt = record.StatusRemoved, v.Clock.Now()
	}
	if (begun || never) && !forward {
		if err := v.Folder.WriteHead(h); err != nil {
			return err
		}
	}
	return v.sweepWritten(ctx, ident, h)
}
