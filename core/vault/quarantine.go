package vault

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// Quarantine puts a dead grant away: the head says so first and remembers the
// refused token by its hash, then both tokens are deleted. From then on every
// call fails at once, without network.
func (t *Txn) Quarantine(ctx context.Context, marker record.Note, hash string) error {
	h := t.Head
	next := h.Copy()
	next.Refuse(hash)
	next.DiscardAll()
	next.Current, next.Uncertain, next.Unstored, next.Doubts = "", "", false, 0
	next.Status, next.Marker, next.LastError = record.StatusQuarantined, &marker, &marker
	next.Attempts++
	if err := t.swap(ctx, Change{Next: next}); err != nil {
		return err
	}
	*h = *next
	t.owed = true
	t.vault.AddEvent(h.ID, record.Event{
		Kind: record.EventQuarantined, Gen: h.Gen, Spent: record.Fingerprint(hash),
		Code: marker.Code, Message: marker.Message,
	})
	return nil
}

// Quarantine quarantines an account because its access token was refused for
// good, but only if gen is still the generation of its tokens: a sign-in or a
// refresh that came between has brought others, of which the refusal says nothing.
// A gen of 0 stands for the current one. The account's other changes are waited
// for.
func (v *Vault) Quarantine(ctx context.Context, id string, gen uint64, marker record.Note) error {
	if err := record.CheckID(id); err != nil {
		return err
	}
	return v.locked(ctx, id, func(t *Txn) error {
		if t.Head.Removed() || t.Head.Quarantined() {
			return nil
		}
		if err := t.Settle(ctx); err != nil || gen != 0 && t.Head.Gen != gen {
			return err
		}
		return t.Quarantine(ctx, marker, t.Head.Current)
	})
}
