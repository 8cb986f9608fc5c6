package fleet

import (
	"bytes"
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// write is one transaction on an account.
type write struct {
	next   *record.Head
	intent *intent    // as it is to stand; nil for none
	blob   []byte     // what next points at, where that is new
	lease  etcd.Lease // begins an attempt: busy is set under it, and must not be there
	free   bool       // ends one: busy goes
	enters string     // the hash of a refresh token that comes into the fleet, and may be there only once
	to     string     // the host that the account moves to
	owned  bool       // and that host knows all of it

	unheard bool    // the tokens may not be the newest that some host has; see [body]
	after   *latest // what is put into a restored store; nil for every other change
}

// MayWrite returns why the store would not take tokens now: it is full, or denies it. It
// leaves nothing there.
func MayWrite(ctx context.Context, h *Heads) error {
	err := etcd.MayWrite(ctx, h.Store, h.Keys.Head("probe"), h.Keys.Blob("probe", "probe"))
	if err != nil {
		return away(err)
	}
	return nil
}

// try sends a write on top of the entry as it was read, until it is known what became
// of it. done is false where somebody else was faster; the entry is the newest then.
// Whether it was done cannot be known while etcd does not answer: that is an error
// which is [errAway].
func (c *claim) try(ctx context.Context, w write) (done bool, err error) {
	k := c.heads.Keys
	for {
		view, raw, b, then, err := c.prepare(ctx, w)
		if err != nil {
			return false, err
		}
		known, err := c.heads.mirror.known(c.id)
		if err != nil {
			return false, err
		}
		accepted, _ := view.Restores()
		compare := []etcd.Compare{etcd.Is(k.Stamp(), view.Stamp()), etcd.Absent(k.Head(c.id))}
		if c.entry.raw != nil {
			compare[1] = etcd.Is(k.Head(c.id), c.entry.raw)
		}
		if w.lease != 0 {
			compare = append(compare, etcd.Absent(k.Busy(c.id)))
		}
		if w.enters != "" {
			same, mark, err := enterAlone(ctx, c, w.enters)
			if err != nil {
				return false, err
			}
			compare, then = append(compare, same), append(then, mark)
		}
		res, failed := c.heads.Store.Commit(ctx, etcd.Txn{If: compare, Then: then, Else: []string{k.Stamp(), k.Head(c.id), k.Busy(c.id)}})
		switch {
		case failed == nil && res.Succeeded:
			c.wrote(w, raw, b)
			if c.entry.at, c.entry.accepted = res.Header, accepted; w.after != nil {
				return true, nil // this host sees it like every other, once it is accepted
			}
			return true, c.heads.mirror.sighted(res.Header, accepted)
		case errors.Is(failed, etcd.Unclear):
			before := c.entry.raw
			if err := c.look(ctx); err != nil {
				return false, away(failed)
			}
			switch {
			case bytes.Equal(c.entry.raw, raw):
				c.wrote(w, raw, b)
				return true, nil
			case w.lease != 0: // it may land later, and ages like any other
				return false, away(failed)
			case !bytes.Equal(c.entry.raw, before):
				return false, nil
			case errors.Is(failed, etcd.NoSpace): // until somebody makes room
				return false, away(failed)
			}
		case failed != nil:
			return false, away(failed)
		default:
			before := c.entry
			now, err := c.heads.entry(ctx, c.id, known, res.Answer)
			if err != nil {
				return false, err
			}
			c.entry = now
			if !bytes.Equal(c.entry.raw, before.raw) || w.lease != 0 && c.entry.busy != nil {
				return false, nil
			}
		}
	}
}

// prepare builds a write: what it compares, the head's new value, and what it does.
func (c *claim) prepare(ctx context.Context, w write) (view View, raw []byte, b body, then []etcd.Op, err error) {
	k := c.heads.Keys
	got, err := c.heads.Store.Get(ctx, k.Stamp())
	if err != nil {
		return nil, nil, body{}, nil, away(err)
	}
	view, err = c.heads.view(ctx, got.KVs[0].Value)
	if err != nil {
		return nil, nil, body{}, nil, err
	}
	if raw, b, err = c.encode(view, w); err != nil {
		return nil, nil, body{}, nil, err
	}
	then = append(then, etcd.Put(k.Head(c.id), raw, 0))
	if w.blob != nil {
		sealed, err := view.Seal(w.blob)
		if err != nil {
			return nil, nil, body{}, nil, err
		}
		then = append(then, etcd.Put(k.Blob(c.id, w.next.Ref.Name), sealed, 0))
	}
	stale := w.next.Removed()
	if old := c.entry.head; old != nil && old.Ref != nil && (w.next.Ref == nil || w.next.Ref.Name != old.Ref.Name) {
		then = append(then, etcd.Delete(k.Blob(c.id, old.Ref.Name)))
		stale = true
	}
	given, err := c.handOut(view, w, b.Restores)
	if err != nil {
		return nil, nil, body{}, nil, err
	}
	if given == nil && stale {
		given = []etcd.Op{etcd.Delete(k.Access(c.id))}
	}
	then = append(then, given...)
	switch {
	case w.lease != 0:
		then = append(then, etcd.Put(k.Busy(c.id), []byte(w.intent.Op), w.lease))
	case w.free:
		then = append(then, etcd.Delete(k.Busy(c.id)))
	}
	return view, raw, b, then, nil
}

// cause is the hash of the token for which the account is, or is about to be,
// quarantined.
func (c *claim) cause(next *record.Head) string {
	switch {
	case !next.Quarantined() || c.entry.head == nil:
		return ""
	case c.entry.head.Quarantined():
		return c.entry.body.Cause
	}
	return c.entry.head.Current
}

// wrote is the entry after a write.
func (c *claim) wrote(w write, raw []byte, b body) {
	e := &entry{raw: raw, body: b, head: w.next.Copy(), busy: c.entry.busy, at: c.entry.at, accepted: c.entry.accepted}
	switch {
	case w.lease != 0:
		e.busy = []byte(w.intent.Op)
	case w.free:
		e.busy = nil
	}
	c.entry = e
	c.heads.observer.account(c.id, e)
}
