package vault

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// Settle brings a change that was interrupted to an end. If the blob of the
// intent that it left is whole and fits, the tokens were granted and only the
// commit was missing: the head moves forward to them. If there is no such blob,
// the intent is dropped from the head in memory (the next write keeps that), and
// an interrupted refresh is remembered as uncertain: its token may have been
// spent. A keystore that cannot be asked is an error and changes nothing.
//
// What a process on another machine is at is waited for; see [Claim.Await].
func (t *Txn) Settle(ctx context.Context) error {
	if t.Head.Intent == nil {
		return nil
	}
	h, err := t.claim.Await(ctx, t.Head, t.Grounds)
	if err != nil {
		return err
	}
	t.Head = h
	return t.settle(ctx)
}

// settle is [Txn.Settle] for a change that is to go over whatever is under way.
func (t *Txn) settle(ctx context.Context) error {
	v, h := t.vault, t.Head
	intent := h.Intent
	if intent == nil {
		return nil
	}
	if intent.Why != record.ForMove {
		data, err := t.secrets().get(ctx, intent.Blob)
		if err != nil && !missing(err) {
			return Explain(err)
		}
		if err == nil {
			if blob := fitting(t.Store, h, data); blob != nil {
				return t.rollForward(ctx, blob, data)
			}
		}
	}
	if intent.Why == record.ForRefresh {
		h.Uncertain, h.Unstored = intent.Hash, intent.Storing
		v.AddEvent(h.ID, interrupted(h, *intent))
	}
	h.Discard(intent.Blob)
	h.Intent = nil
	return nil
}

// rollForward moves the head to the blob that an interrupted change had stored.
func (t *Txn) rollForward(ctx context.Context, blob *record.Blob, data []byte) error {
	h, intent := t.Head, *t.Head.Intent
	next := advance(h, blob, refTo(intent.Blob, data))
	if err := t.swap(ctx, Change{Next: next, Blob: data}); err != nil {
		return err
	}
	*h = *next
	t.Recovered, t.owed = true, true
	t.vault.AddEvent(h.ID, recovered(h, blob, intent))
	return nil
}

// fitting returns the blob that the intent announced, nil if data is not it.
func fitting(ident record.Store, h *record.Head, data []byte) *record.Blob {
	blob, err := record.OpenBlob(data)
	if err != nil || blob.Belongs(ident.StoreID, h.ID, h.Gen+1) != nil {
		return nil
	}
	if blob.Why != h.Intent.Why || blob.Replaces != h.Intent.Hash {
		return nil
	}
	return blob
}
