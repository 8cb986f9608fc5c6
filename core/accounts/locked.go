package accounts

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// MarkLocked writes down that the keystore was locked at the last call, or that
// it has answered again, so that every window shows it. It waits for nobody.
func (as *Accounts) MarkLocked(ctx context.Context, id string, locked bool) {
	h := as.state.Vault.Edit(ctx, id, func(h *record.Head) bool {
		changed := h.Locked != locked
		h.Locked = locked
		return changed
	})
	if h != nil {
		_ = as.state.Folder.Publish(ctx, h)
	}
}

// NoteLocked writes down, for every list, that a person has locked or unlocked
// the keystore.
func (as *Accounts) NoteLocked(ctx context.Context, locked bool) {
	for _, a := range as.Snapshot().Accounts {
		if a.Locked != locked && !a.Quarantined() && !a.SignedOut {
			as.MarkLocked(ctx, a.ID, locked)
		}
	}
	as.state.Changed.Ring()
}

// lockedSince returns since when a person has locked a store of this kind.
func (as *Accounts) lockedSince(kind string) (since time.Time, locked bool) {
	if keystore.Kind(kind) != keystore.KindFile {
		return time.Time{}, false
	}
	return as.state.Keystores.Locked()
}

// lockedNotice is the sentence of a store that a person has locked.
func (as *Accounts) lockedNotice() string {
	ident, _, _ := as.state.Folder.Store.Read()
	since, locked := as.lockedSince(ident.Kind)
	switch {
	case !locked:
		return ""
	case since.IsZero():
		return "the keystore is locked; `hermes-tui unlock` opens it"
	default:
		return "the keystore was locked at " + since.Local().Format(time.TimeOnly) + "; `hermes-tui unlock` opens it"
	}
}
