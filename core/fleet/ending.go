package fleet

import (
	"context"
	"slices"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// TakeHome brings whatever the fleet has to this host, and then calls end, which ends
// the fleet. Meanwhile nobody on this host changes an account: this is the one place
// where several accounts are locked at once, in the order of their ids. That no other
// host does is end's to compare: the fleet has no other member.
func (h *Heads) TakeHome(ctx context.Context, end func() error) error {
	ids, err := h.List(ctx)
	if err != nil {
		return err
	}
	slices.Sort(ids)
	for _, id := range ids {
		claimed, err := h.Claim(ctx, id)
		if err != nil {
			return err
		}
		defer claimed.Release()
		c, shared := claimed.(*claim)
		if !shared {
			continue // an account of this host's own
		}
		if err := c.takeHome(ctx); err != nil {
			return err
		}
	}
	return end()
}

// takeHome brings an account here, once nobody may be refreshing it any more. What is
// not known of its refresh token goes with it.
func (c *claim) takeHome(ctx context.Context) error {
	for {
		head, err := c.Head(ctx)
		switch {
		case err != nil:
			return err
		case c.entry.busy == nil && head.Intent == nil:
			return nil
		case c.entry.busy == nil:
			return c.local.Swap(ctx, vault.Change{Next: head})
		}
		if err := clock.Sleep(ctx, c.heads.Clock, lookEvery); err != nil {
			return err
		}
	}
}
