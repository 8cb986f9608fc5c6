package fleet

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// Stale returns the ids of the accounts whose tokens were sealed before the epoch of
// now: a host that has gone since may have them. Of those whose record was not written by
// the fleet, which are damaged, nobody can tell.
func (h *Heads) Stale(ctx context.Context) (ids, damaged []string, err error) {
	all, err := h.Store.Range(ctx, h.Keys.Accounts())
	if err != nil {
		return nil, nil, away(err)
	}
	view, err := h.Team.View(ctx, nil)
	if err != nil {
		return nil, nil, err
	}
	kind, err := kind(h.Folder)
	if err != nil {
		return nil, nil, err
	}
	for _, kv := range all.KVs {
		id, ok := h.headOf(kv.Key)
		if !ok {
			continue
		}
		inner, err := view.Read(kv)
		if unreadable(err) {
			damaged = append(damaged, id)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		b, _, err := decode(h.Folder, id, inner, kind)
		if unreadable(err) {
			damaged = append(damaged, id)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		if b.Sealed != 0 && b.Sealed < view.Number() {
			ids = append(ids, id)
		}
	}
	return ids, damaged, nil
}

// Reseal writes an account's head and its tokens anew, with the fleet's keys of now. It
// changes nothing that they say: what a host has read before it goes on having.
func (h *Heads) Reseal(ctx context.Context, id string) error {
	claimed, err := h.Claim(ctx, id)
	if err != nil {
		return err
	}
	defer claimed.Release()
	c, ok := claimed.(*claim)
	if !ok {
		return nil // it is this host's own
	}
	for range swapTries {
		head, err := c.Head(ctx)
		if err != nil || c.entry.raw == nil {
			return err
		}
		w := write{next: head, intent: c.entry.body.Intent}
		if head.Ref != nil {
			store, err := h.keystore(ctx, head.Ref.Kind)
			if err != nil {
				return err
			}
			if w.blob, err = store.Get(ctx, head.Ref.Name); err != nil {
				return vault.ExplainOpen(head, err)
			}
		}
		done, err := c.try(ctx, w)
		clear(w.blob)
		if err != nil {
			return err
		}
		if done {
			return h.mirror.keep(id, c.entry.raw)
		}
	}
	return moved(id)
}

// Settle makes every head anew that was made in an epoch before that of now. Those whose
// tokens a host that went still knows come first ([Heads.Stale]).
func Settle(ctx context.Context, h *Heads) error {
	all, err := h.Store.Range(ctx, h.Keys.Accounts())
	if err != nil {
		return away(err)
	}
	view, err := h.Team.View(ctx, nil)
	if err != nil {
		return err
	}
	for _, kv := range all.KVs {
		if id, ok := h.headOf(kv.Key); ok && roster.Made(kv.Value) != view.Number() {
			if err := h.Reseal(ctx, id); err != nil && !Foreign(err) { // else nobody takes it, now or afterwards
				return err
			}
		}
	}
	return nil
}
