package fleet

import (
	"context"
	"errors"
	"fmt"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/etcd"
)

// MoveIn brings an account that is this host's own into the fleet. Interrupted, it is
// finished by whatever claims the account next.
func (h *Heads) MoveIn(ctx context.Context, id string) error {
	c, err := under(ctx, h, id)
	if err != nil {
		return err
	}
	defer c.Release()
	if h.mirror.whose(id) == leaving { // first that comes to its end
		if err := c.look(ctx); err != nil {
			return err
		}
		if err := c.leaveBehind(ctx); err != nil {
			return err
		}
	}
	began := h.mirror.whose(id) == own
	if began {
		if err := c.look(ctx); err != nil { // else it would wait for the store before its next refresh
			return err
		}
		if err := assertOwn(ctx, c); err != nil {
			return err
		}
		if err := h.mirror.belongs(id, entering); err != nil {
			return err
		}
	}
	_, err = c.Head(ctx)
	if began && autherr.CodeOf(err) == autherr.CodeDuplicateOwner { // nothing was sent to the store
		return errors.Join(err, h.mirror.belongs(id, own))
	}
	return err
}

// enter puts an account that was this host's own into the fleet, or finds that it was there:
// the fleet has it, or had it and has it no more.
func (c *claim) enter(ctx context.Context) error {
	for c.entry.raw == nil || c.entry.body.MovesTo == c.heads.Host {
		if !c.gone() { // of what this host has written down nothing can be read
			if _, err := stone(ctx, c); err != nil {
				return err
			}
			continue
		}
		mine, err := c.local.Head(ctx)
		if err != nil {
			return err
		}
		if _, err := c.create(ctx, mine); err != nil {
			return err
		}
	}
	return c.heads.mirror.belongs(c.id, fleets)
}

// create puts an account of this host into the fleet, which has none of its id, or only
// that it has left.
func (c *claim) create(ctx context.Context, mine *record.Head) (done bool, err error) {
	next, err := ended(ctx, c, mine)
	if err != nil {
		return false, err
	}
	early(next)
	w := write{next: next, enters: next.Current}
	if next.Ref != nil {
		store, err := c.heads.keystore(ctx, next.Ref.Kind)
		if err != nil {
			return false, err
		}
		if w.blob, err = store.Get(ctx, next.Ref.Name); err != nil {
			return false, vault.ExplainOpen(next, err)
		}
		defer clear(w.blob)
	}
	if c.entry.body.Unheard || c.entry.raw == nil && c.heads.mirror.knows(c.id) { // a restored store was accepted without this host
		w.unheard = true
		if w.intent, err = c.doubt(next, c.heads.Host); err != nil {
			return false, err
		}
	}
	if done, err = c.try(ctx, w); done && err == nil && w.intent != nil {
		err = c.look(ctx)
	}
	return done, err
}

// ended is the head of this host as it is when what was interrupted is at its end: tokens
// that were granted and stored count from the beginning, so that nobody sends those before.
func ended(ctx context.Context, c *claim, mine *record.Head) (*record.Head, error) {
	in, next := mine.Intent, mine.Copy()
	next.Intent = nil
	if in == nil || in.Why == record.ForMove {
		return next, nil
	}
	switch p, err := c.heads.spool().open(ctx, in.Blob); {
	case err != nil:
		return nil, err
	case p != nil && p.blob.AccountID == c.id && p.blob.Why == in.Why && p.blob.Replaces == in.Hash && p.blob.Gen == mine.Gen+1:
		return vault.Advance(next, p.blob, p.at, p.data), nil
	}
	if in.Why == record.ForRefresh {
		next.Uncertain, next.Unstored = in.Hash, in.Storing
	}
	return next, nil
}

// enterAlone compares that no other account has come into the fleet since it was looked
// whether one with the same refresh token is there: of two hosts that bring the same one in
// at the same time, one finds the other's.
func enterAlone(ctx context.Context, c *claim, hash string) (compare etcd.Compare, put etcd.Op, err error) {
	key := c.heads.Keys.Pool("entered")
	got, err := c.heads.Store.Get(ctx, key)
	if err != nil {
		return compare, put, away(err)
	}
	if err := c.alone(ctx, hash); err != nil {
		return compare, put, err
	}
	once, err := c.heads.Folder.NewBlobName(c.id)
	compare = etcd.Absent(key)
	if got.KVs[0].Found() {
		compare = etcd.Is(key, got.KVs[0].Value)
	}
	return compare, etcd.Put(key, []byte(once), 0), err
}

// alone returns an error where the fleet has an account with the same refresh token, or
// has seen it refused: two would spend it under each other.
func (c *claim) alone(ctx context.Context, hash string) error {
	if hash == "" {
		return nil
	}
	k := c.heads.Keys
	all, err := c.heads.Store.Range(ctx, k.Accounts())
	if err != nil {
		return away(err)
	}
	view, err := c.heads.view(ctx, nil)
	if err != nil {
		return err
	}
	for _, kv := range all.KVs {
		id, ok := c.heads.headOf(kv.Key)
		if !ok || id == c.id {
			continue
		}
		var e entry
		if err := e.read(c.heads, view, id, kv); unreadable(err) {
			continue
		} else if err != nil {
			return err
		}
		if e.head.WasRefused(hash) || e.head.Current == hash && !e.head.Removed() {
			return twice(c.id, e.head)
		}
	}
	return nil
}

func twice(id string, there *record.Head) error {
	return &autherr.Error{
		Kind: autherr.Failed, Code: autherr.CodeDuplicateOwner, Provider: there.Provider,
		Message: fmt.Sprintf("the account %s has the same sign-in as %s (%s), which the fleet has already; two copies would sign each other out", id, there.ID, there.Label),
		Hint:    "`hermes-tui remove " + id + "` deletes this copy; `hermes-tui login` makes a sign-in of its own",
	}
}
