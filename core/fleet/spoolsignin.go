package fleet

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// settleSignIn brings the tokens of a sign-in, which this host could not commit, into
// the store. They go over whatever tokens there are, and are dropped only where the
// account was removed, or somebody has signed in since; what is dropped is discarded
// when the folder's head is brought up to date.
func (c *claim) settleSignIn(ctx context.Context, mine *record.Head) error {
	p, err := c.heads.spool().open(ctx, mine.Intent.Blob)
	if err != nil || p == nil || p.blob.Why != record.ForLogin || p.blob.AccountID != c.id {
		return err
	}
	grant := record.Hash(p.blob.StoreID, p.blob.Grant())
	for range swapTries {
		switch e := c.entry; {
		case e.raw == nil, e.head.Removed(), e.head.Current == grant:
			return nil
		case !e.head.SignedInAt.Equal(mine.SignedInAt): // both are the store's: no two clocks are compared
			c.heads.Log.Warn("tokens of a sign-in that this host still held were superseded by another", "account", c.id)
			return nil
		}
		if err := c.renumber(ctx, p); err != nil {
			return err
		}
		next := vault.Advance(c.entry.head, p.blob, p.at, p.data)
		early(next)
		if done, err := c.try(ctx, write{next: next, blob: p.data, free: true}); err != nil || done {
			return err
		}
	}
	return moved(c.id)
}

// renumber makes a pair the successor of what the store has, where that has gone on
// meanwhile. What lay under another name goes when nothing names it any more.
func (c *claim) renumber(ctx context.Context, p *pair) (err error) {
	if p.blob.Gen == c.entry.head.Gen+1 {
		return nil
	}
	p.blob.Gen = c.entry.head.Gen + 1
	if p.data, err = p.blob.Seal(); err != nil {
		return err
	}
	if p.at.Name, err = c.heads.Folder.NewBlobName(c.id); err != nil {
		return err
	}
	store, err := c.heads.keystore(ctx, p.at.Kind)
	if err != nil {
		return err
	}
	return vault.Explain(store.Put(ctx, p.at.Name, p.data))
}
