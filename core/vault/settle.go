package vault

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// Settle brings an intent that was left behind to an end. If its blob is whole
// and fits, the tokens were granted and only the commit was missing: the head
// moves forward to them, and Settle reports true. If there is no such blob, the
// intent is dropped from h in memory (the next write of the head keeps that),
// and an interrupted refresh is remembered as uncertain: its token may have
// been spent. A keystore that cannot be asked is an error and changes nothing.
// The caller holds the account's lock.
func (v *Vault) Settle(ctx context.Context, ident record.Identity, h *record.Head) (forward bool, err error) {
	intent := h.Intent
	if intent == nil {
		return false, nil
	}
	if intent.Why != record.ForMove {
		data, err := v.get(ctx, ident.StoreID, intent.Blob)
		if err != nil && !missing(err) {
			return false, Explain(err)
		}
		if err == nil {
			if blob := fitting(ident, h, data); blob != nil {
				ref := record.Ref{Place: intent.Blob, Length: len(data), SHA256: record.Checksum(data)}
				next := advance(h, blob, ref)
				if err := v.Folder.WriteHead(&next); err != nil {
					return false, err
				}
				*h = next
				v.Record(h.ID, recovered(h, blob, *intent))
				return true, nil
			}
		}
	}
	if intent.Why == record.ForRefresh {
		h.Uncertain, h.Unstored = intent.Hash, intent.Storing
		v.Record(h.ID, interrupted(h, *intent))
	}
	h.Discard(intent.Blob)
	h.Intent = nil
	return false, nil
}

// fitting returns the blob that the intent announced, nil if data is not it.
func fitting(ident record.Identity, h *record.Head, data []byte) *record.Blob {
	blob, err := record.OpenBlob(data)
	if err != nil || blob.Belongs(ident.StoreID, h.ID, h.Gen+1) != nil {
		return nil
	}
	if blob.Why != h.Intent.Why || blob.Replaces != h.Intent.Hash {
		return nil
	}
	return blob
}
