package vault

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Repair finishes what killed processes, or a keystore that was locked, left of
// these accounts, of probes and of the proxy's keys: a change that was begun is
// brought to its end or taken back, and what nothing needs is deleted. An
// account whose lock is taken is left to whoever holds it. The first failure of
// the keystore ends it; the next command goes on.
func (v *Vault) Repair(ctx context.Context, ids []string) error {
	ident, ok, err := v.Folder.Store.Read()
	if err != nil {
		return err
	}
	if err := v.repairProbes(ctx); err != nil {
		return err
	}
	if !ok {
		return nil
	}
	if err := v.Folder.Store.CheckMachine(ident); err != nil {
		return err
	}
	for _, id := range ids {
		if err := v.repair(ctx, id); err != nil {
			return err
		}
	}
	if len(ids) > 0 { // something was killed: a keyring may have more
		for _, at := range v.unnamed(ctx, ident) {
			if err := v.deleteUnnamed(ctx, at); err != nil {
				return err
			}
		}
	}
	for _, id := range keyRecords() {
		key, err := v.At(id).Get(ctx, id)
		if err != nil || !key.Left() {
			continue // a damaged one is named where the key is used
		}
		if err := v.repair(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// errUnreadable says that a head cannot be read, which is said where accounts are
// listed; nobody may guess what it said.
var errUnreadable = errors.New("unreadable")

func (v *Vault) repair(ctx context.Context, id string) error {
	claim, err := v.At(id).TryClaim(ctx, id)
	if err != nil || claim == nil {
		return err
	}
	err = v.hold(ctx, claim, func() (*record.Head, error) {
		h, err := claim.Head(ctx)
		if errors.Is(err, autherr.NotFound) { // killed before it had a head
			v.Folder.CleanTemp(id)
		}
		if err != nil {
			return nil, errUnreadable
		}
		return h, nil
	}, func(t *Txn) error {
		if err := t.complete(ctx); err != nil {
			return err
		}
		return t.Finish(ctx)
	})
	if errors.Is(err, errUnreadable) {
		return nil
	}
	return err
}

// complete ends the change that the head tells of. An account that never came to
// tokens is none.
func (t *Txn) complete(ctx context.Context) error {
	h := t.Head
	begun := h.Intent != nil
	if err := t.Settle(ctx); err != nil {
		return err
	}
	never := h.Gen == 0 && !h.Removed()
	if never {
		h.Status, h.RemovedAt = record.StatusRemoved, t.vault.Clock.Now()
	}
	if (begun || never) && !t.Recovered {
		return t.Write(ctx)
	}
	return nil
}
