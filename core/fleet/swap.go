package fleet

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// Swap implements [vault.Claim]. What concerns this host alone is written into its
// folder; everything else is one transaction, and then in the folder.
func (c *claim) Swap(ctx context.Context, change vault.Change) error {
	if c.apart {
		return c.local.Swap(ctx, change)
	}
	if c.entry == nil {
		if err := c.look(ctx); err != nil {
			return err
		}
	}
	next := change.Next
	switch {
	case c.lost: // what the change was made from is over, and what was read since stands
		return moved(c.id)
	case change.Note || change.Open || !c.concerns(next):
		return c.local.Swap(ctx, change)
	case change.Blob == nil && c.ahead(next):
		if c.begins(next) {
			return c.overtook()
		}
		return c.local.Swap(ctx, change) // the store has the tokens first, and then what is said of them
	case c.begins(next):
		return c.begin(ctx, next)
	case change.Blob != nil:
		return c.commit(ctx, change)
	default:
		return c.put(ctx, next)
	}
}

// planned is the name of the blob that a refresh plans; empty for other changes,
// which announce nothing to other hosts.
func planned(in *record.Intent) string {
	if in == nil || in.Why != record.ForRefresh {
		return ""
	}
	return in.Blob.Name
}

// standing is the name that the intent in the store plans.
func (e *entry) standing() string {
	if e.body.Intent == nil {
		return ""
	}
	return e.body.Intent.Op
}

// concerns reports whether a change is one for all hosts.
func (c *claim) concerns(next *record.Head) bool {
	if c.entry.raw == nil {
		return next.Gen > 0 && !next.Removed() && !next.Shared()
	}
	return !local(next.Intent) && planned(next.Intent) != c.entry.standing() || !same(c.entry.head, next)
}

// ahead reports whether a head points at tokens that the store has not: those of a
// commit that is not known there.
func (c *claim) ahead(next *record.Head) bool {
	return next.Ref != nil && (c.entry.head == nil || c.entry.head.Ref == nil || c.entry.head.Ref.Name != next.Ref.Name)
}

// overtook is that another host was faster: nothing more is written by this claim.
func (c *claim) overtook() error {
	c.lost = true
	return moved(c.id)
}

// local reports whether an intent is one that only this host has to know of.
func local(in *record.Intent) bool { return in != nil && in.Why != record.ForRefresh }

// begins reports whether a change announces a refresh.
func (c *claim) begins(next *record.Head) bool {
	name := planned(next.Intent)
	return name != "" && name != c.entry.standing()
}

// begin announces a refresh to all hosts. The request has to leave within [sendTime]
// from here.
func (c *claim) begin(ctx context.Context, next *record.Head) error {
	c.began = c.heads.Clocks.Readings()
	if err := c.mayBegin(ctx); err != nil {
		return err
	}
	lease, err := c.heads.Store.Grant(ctx, leaseTime)
	if err != nil {
		return away(err)
	}
	in := &intent{Op: next.Intent.Blob.Name, Host: c.heads.Host, Boot: c.heads.Boot, Hash: next.Intent.Hash, At: next.Intent.At}
	done, err := c.try(ctx, write{next: next, intent: in, lease: lease})
	if err == nil && !done {
		err = c.overtook()
	}
	if err != nil {
		_ = c.heads.Store.Revoke(ctx, lease) // what may still land is refused then
		return err
	}
	c.op, c.lease = in.Op, lease
	return c.mirrored(ctx, vault.Change{Next: next})
}

// put replaces a head by one with the same tokens, or with none.
func (c *claim) put(ctx context.Context, next *record.Head) error {
	for range swapTries {
		if now := c.entry.head; next.Removed() && now != nil {
			next.Gen = max(next.Gen, now.Gen) // another host may have brought tokens meanwhile, and they go, too
		}
		w := write{next: next, free: c.op != "" && planned(next.Intent) == "" || next.Removed()}
		if local(next.Intent) || planned(next.Intent) != "" {
			w.intent = c.entry.body.Intent
		}
		done, err := c.try(ctx, w)
		switch {
		case err != nil:
			return err
		case done:
			if w.free {
				c.op = ""
			}
			return c.mirrored(ctx, vault.Change{Next: next})
		case !next.Removed(): // to be removed goes over whatever there is
			return c.overtook()
		}
	}
	return c.overtook()
}

// commit brings new tokens, which are in this host's keystore already, to all hosts.
func (c *claim) commit(ctx context.Context, change vault.Change) error {
	next := change.Next
	early(next)
	done, err := c.try(ctx, write{next: next, blob: change.Blob, free: true})
	switch {
	case err == nil && done:
		c.op = ""
		return c.mirrored(ctx, change)
	case err == nil && c.op == "":
		return c.overtook()
	case errors.Is(err, roster.ErrNotMember):
		return errors.Join(err, vault.ErrMoved) // to try again is no use
	case err != nil && c.op == "": // a sign-in: nobody has used its tokens
		return err
	}
	c.op = ""
	p, failed := c.heads.spool().open(ctx, next.Ref.Item)
	if failed != nil {
		return failed
	}
	if err == nil {
		return c.overtaken(ctx, p)
	}
	// What was granted to this host it may use; the others hear of it when the store
	// is back.
	if err := c.heads.spool().note(c.id, next.Ref.Item); err != nil {
		return err
	}
	c.heads.Log.Warn("new tokens are not in the fleet's store yet; this host uses them meanwhile", "account", c.id, "error", err)
	return c.local.Swap(ctx, change)
}

// early makes a token's refresh begin so long before its end that one attempt which
// fails leaves time for another host's.
func early(h *record.Head) {
	if !h.Endless() {
		h.Skew = max(h.Skew, min(skewTime, h.ExpiresAt.Sub(h.ObtainedAt)/3))
	}
}

// overtaken ends a commit that found another head than the one it began with.
func (c *claim) overtaken(ctx context.Context, p *pair) error {
	c.lost = true
	kept, err := c.settle(ctx, p)
	if err != nil {
		return err
	}
	if _, err := c.bring(ctx); err != nil {
		return err
	}
	if kept {
		return nil
	}
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeCredentialPersistFailed, Err: vault.ErrMoved,
		Message: "the account was removed or signed in anew on another host while it was refreshed here; the new tokens were dropped",
		Hint:    "`hermes-tui list` shows how it stands",
	}
}

// mirrored writes a head that etcd has into the folder.
func (c *claim) mirrored(ctx context.Context, change vault.Change) error {
	if err := c.local.Swap(ctx, change); err != nil {
		return err
	}
	if err := c.heads.mirror.keep(c.id, c.entry.raw); err != nil {
		return err
	}
	c.heads.brought.note(c.id, c.entry.raw)
	return nil
}
