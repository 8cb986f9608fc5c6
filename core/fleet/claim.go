package fleet

import (
	"context"
	"encoding/json"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// claim is the right of this process to change one account of the fleet: the lock of
// the folder's files, which keeps out this host's other processes, and the newest
// entry, whose whole value each change compares, which keeps out the other hosts.
type claim struct {
	heads *Heads
	local vault.Claim
	id    string
	entry *entry          // nil: not read yet
	bell  <-chan struct{} // rings when something is heard of the account after that

	op    string         // of the intent that this claim has written, while it stands
	lease etcd.Lease     // of its busy
	began clock.Readings // when the attempt began, before the lease was asked for
	lost  bool           // another host has changed the account since its head was read here
	apart bool           // it is this host's own by now, and its files are the truth
}

// look reads the account anew.
func (c *claim) look(ctx context.Context) error {
	c.bell = c.heads.bells.of(c.id)
	e, err := c.heads.read(ctx, c.id)
	if err == nil {
		c.entry = e
	}
	return err
}

// Head implements [vault.Claim]. A pair of tokens that this host still holds from an
// attempt that was interrupted is brought to its end first, and an account that is
// not in the fleet yet is moved in.
func (c *claim) Head(ctx context.Context) (*record.Head, error) {
	whose := c.heads.mirror.whose(c.id)
	if c.apart = whose == own; c.apart {
		return c.local.Head(ctx)
	}
	if err := c.look(ctx); err != nil {
		return nil, err
	}
	switch whose {
	case entering:
		if err := c.enter(ctx); err != nil {
			return nil, err
		}
	case leaving:
		if err := c.leaveBehind(ctx); err == nil {
			return c.Head(ctx)
		} else if c.heads.mirror.whose(c.id) == leaving {
			return nil, err
		}
	}
	if c.entry.raw == nil {
		if err := c.moveIn(ctx); err != nil {
			return nil, err
		}
	} else if err := c.settleSpool(ctx); err != nil {
		return nil, err
	} else if err := c.comeBack(ctx); err != nil {
		return nil, err
	}
	return c.bring(ctx)
}

// bring makes the folder's head what the entry says.
func (c *claim) bring(ctx context.Context) (*record.Head, error) {
	return (&bringing{c.heads, c.local, c.id}).entry(ctx, c.entry)
}

// Await implements [vault.Claim].
func (c *claim) Await(ctx context.Context, h *record.Head, g vault.Grounds) (*record.Head, error) {
	if c.apart {
		return c.local.Await(ctx, h, g)
	}
	if h.Intent == nil || h.Intent.Why != record.ForRefresh || c.entry == nil || c.entry.body.Intent == nil || c.entry.ours(c.op) {
		return h, nil
	}
	for c.entry.busy != nil {
		if err := c.pause(ctx); err != nil {
			return nil, err
		}
	}
	h, err := c.bring(ctx)
	if err != nil {
		return nil, err
	}
	in := c.entry.body.Intent
	switch {
	case in == nil || h.Ref == nil:
		return h, nil
	case h.Live(c.heads.Clock.Now()) && (g.Refused == 0 || g.Refused != h.Gen):
		return nil, aging(h, in.Host)
	case c.heads.Ask && !g.TakeOver && in.Host != c.heads.Host:
		return nil, undecided(h, in.Host)
	default:
		return h, nil
	}
}

// Reserve implements [vault.Claim].
func (c *claim) Reserve(id string) error { return c.local.Reserve(id) }

// MaySend implements [vault.Claim]: the request leaves well before etcd lets another
// host take over, or not at all.
func (c *claim) MaySend() error {
	if c.op != "" && c.heads.Clocks.Readings().Since(c.began) >= sendTime {
		return errTooLate
	}
	return nil
}

// Release implements [vault.Claim].
func (c *claim) Release() { c.local.Release() }

// moveIn puts an account that only this host has into the fleet. Whoever comes first
// decides: a head that is there by then stands.
func (c *claim) moveIn(ctx context.Context) error {
	mine, err := c.local.Head(ctx)
	if err != nil || mine.Removed() || mine.Gen == 0 || mine.Shared() {
		return nil //nolint:nilerr // there is nothing to move; whoever reads it says what is wrong
	}
	switch done, err := c.create(ctx, mine); {
	case err != nil:
		return err
	case !done:
		return c.look(ctx)
	}
	return c.heads.mirror.keep(c.id, c.entry.raw)
}

// by is the host that the tokens of a head came from, or found them dead.
func (c *claim) by(next *record.Head) string {
	old := c.entry.head
	if old != nil && old.Gen == next.Gen && old.Quarantined() == next.Quarantined() {
		return c.entry.body.By
	}
	return c.heads.Host
}

// encode is the value of a head that is about to be written.
func (c *claim) encode(view View, w write) ([]byte, body, error) {
	inner, err := shared(w.next)
	if err != nil {
		return nil, body{}, err
	}
	once, err := c.heads.Folder.NewBlobName(c.id)
	if err != nil {
		return nil, body{}, err
	}
	b := body{Version: format, Head: inner, Intent: w.intent, Cause: c.cause(w.next), By: c.by(w.next), MovesTo: w.to, Moves: c.entry.body.Moves, Unheard: w.unheard, Write: once}
	switch old := c.entry.head; {
	case old != nil && old.Removed() && !w.next.Removed():
		b.Moves++
	case old != nil && old.Ref != nil && w.next.Ref != nil && old.Ref.Name == w.next.Ref.Name && w.to == "":
		b.MovesTo = c.entry.body.MovesTo // it says the same of the same tokens
	}
	b.Restores, _ = view.Restores()
	if c.entry.head != nil && c.entry.head.Gen == w.next.Gen && !w.owned {
		b.Unheard = b.Unheard || c.entry.body.Unheard
	}
	switch {
	case w.next.Ref == nil:
	case w.blob != nil:
		b.Sealed = view.Number()
	default:
		b.Sealed = c.entry.body.Sealed
	}
	if w.after != nil {
		w.after.into(&b)
	}
	data, err := json.Marshal(b)
	if err != nil {
		return nil, body{}, err
	}
	raw, err := view.Wrap(c.heads.Keys.Head(c.id), data)
	return raw, b, err
}
