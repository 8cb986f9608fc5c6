package vault

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// Quarantine puts a dead grant away: the head says so first and remembers the
// refused token by its hash, then both tokens are deleted. From then on every
// call fails at once, without network. The caller holds the account's lock.
func (v *Vault) Quarantine(ctx context.Context, ident record.Identity, h *record.Head, marker record.Note, hash string) error {
	next := *h
	next.Trash = append([]record.Place(nil), h.Trash...)
	next.Refused = append([]string(nil), h.Refused...)
	next.Refuse(hash)
	if h.Ref != nil {
		next.Discard(h.Ref.Place)
	}
	if h.Intent != nil {
		next.Discard(h.Intent.Blob)
	}
	next.Ref, next.Intent, next.Current, next.Uncertain, next.Unstored, next.Doubts = nil, nil, "", "", false, 0
	next.Status, next.Marker, next.LastError = record.StatusQuarantined, &marker, &marker
	next.Attempts++
	if err := v.Folder.CommitHead(&next); err != nil {
		return err
	}
	*h = next
	v.Record(h.ID, record.Event{
		Kind: record.EventQuarantined, Gen: h.Gen, Spent: record.Fingerprint(hash),
		Code: marker.Code, Message: marker.Message,
	})
	v.Finish(ctx, ident, h)
	return nil
}

// Finish ends every change of a head: what it needs no more is deleted, and the
// pool file gets its copy. Neither can fail the change, which is committed, and
// which whoever lists the accounts sees by the head itself; what is left over the
// head names, and [Vault.Mend] deletes it.
func (v *Vault) Finish(ctx context.Context, ident record.Identity, h *record.Head) {
	v.Folder.ReleaseHead(h.ID)
	if err := v.sweepWritten(ctx, ident, h); err != nil {
		v.Log.Warn("could not delete a secret that is no longer needed", "account", h.ID, "error", err)
	}
	v.tidy(ctx, ident, h)
	if err := v.Folder.Publish(ctx, h); err != nil {
		v.Log.Warn("could not copy the account's state into the pool file", "account", h.ID, "error", err)
	}
}

// Fail writes down a failure that changes no token: the last error, and the
// back-off that the caller computed. A failure to write is logged only, because
// the caller's own error matters more.
func (v *Vault) Fail(ctx context.Context, h *record.Head) {
	h.Attempts++
	defer v.Folder.ReleaseHead(h.ID)
	if ident, _, err := v.Folder.Identity(); err == nil && h.Intent == nil && !h.Locked {
		_ = v.sweep(ctx, ident, h) // what was planned; what is left stays named
	}
	if err := v.Folder.CommitHead(h); err != nil {
		v.Log.Warn("could not write the failure down", "account", h.ID, "error", err)
		return
	}
	if err := v.Folder.Publish(ctx, h); err != nil {
		v.Log.Warn("could not copy the account's state into the pool file", "account", h.ID, "error", err)
	}
}
