package vault

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Move brings every secret to another kind of keystore, one account after the
// other, each under its lock. It can be interrupted and run again: until nothing
// names the old kind any more, store.json says that a move is under way.
// progress, which may be nil, is called before each account.
func (v *Vault) Move(ctx context.Context, to keystore.Kind, progress func(done, total int)) error {
	ident, ok, err := v.Folder.Identity()
	if err != nil || !ok {
		return err
	}
	from := ident.Kind
	if ident.MovingFrom != "" && ident.Kind == string(to) {
		from = ident.MovingFrom // resumed
	}
	if from == string(to) && ident.MovingFrom == "" {
		return nil
	}
	if ident.MovingFrom == "" {
		if err := v.readable(ctx, ident); err != nil {
			return err
		}
	}
	if err := v.Probe(ctx, to, ident.StoreID); err != nil {
		return err
	}
	if err := v.Folder.SetKind(ctx, string(to), from); err != nil {
		return err
	}
	// Reserved ids count too: a sign-in that began before the line above may
	// still be about to store its tokens in the old kind.
	ids, err := v.Folder.ReservedIDs()
	if err != nil {
		return err
	}
	for i, id := range ids {
		if progress != nil {
			progress(i, len(ids))
		}
		if err := v.moveAccount(ctx, id, string(to)); err != nil {
			return err
		}
	}
	if err := v.moveProxyKey(ctx, string(to)); err != nil {
		return err
	}
	return v.Folder.SetKind(ctx, string(to), "")
}

// readable proves, by opening one secret, that there is something to move from:
// a move out of a locked keyring must not begin, because new sign-ins would go
// elsewhere from then on.
func (v *Vault) readable(ctx context.Context, ident record.Identity) error {
	ids, err := v.Folder.IDs()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if h, err := v.Folder.ReadHead(id); err == nil && h.Ref != nil {
			_, err := v.get(ctx, ident.StoreID, h.Ref.Place)
			if keystore.ConditionOf(err) == keystore.NotFound {
				continue // it moved on, or is damaged, which is said under its lock
			}
			return Explain(err)
		}
	}
	return nil
}

func (v *Vault) moveAccount(ctx context.Context, id, to string) error {
	lock, err := v.Folder.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	h, err := v.Folder.ReadHead(id)
	if codeOf(err) == autherr.CodeNoSuchAccount {
		return nil // reserved, never signed in
	}
	if err != nil {
		return err
	}
	ident, _, err := v.Folder.Identity()
	if err != nil {
		return err
	}
	if _, err := v.Settle(ctx, ident, h); err != nil {
		return err
	}
	if h.Ref != nil && h.Ref.Kind != to {
		if err := v.moveBlob(ctx, ident, h); err != nil {
			return err
		}
	} else if err := v.Folder.WriteHead(h); err != nil {
		return err
	}
	if err := v.Folder.Publish(ctx, h); err != nil {
		return err
	}
	left := v.sweepWritten(ctx, ident, h)
	v.tidy(ctx, ident, h)
	return left
}

// moveBlob copies the current blob to a new name in the store's kind and moves
// the head to it. The tokens and their generation stay the same.
func (v *Vault) moveBlob(ctx context.Context, ident record.Identity, h *record.Head) error {
	data, err := v.get(ctx, ident.StoreID, h.Ref.Place)
	if err != nil {
		return ExplainOpen(h, err)
	}
	if record.Checksum(data) != h.Ref.SHA256 {
		return damagedBlob(h, nil)
	}
	if err := v.Begin(ctx, ident, h, record.ForMove, ""); err != nil {
		return err
	}
	at := h.Intent.Blob
	if err := v.put(ctx, ident.StoreID, at, data); err != nil {
		v.Abandon(h)
		return Explain(err)
	}
	h.Discard(h.Ref.Place)
	h.Ref, h.Intent = &record.Ref{Place: at, Length: len(data), SHA256: h.Ref.SHA256}, nil
	if err := v.Folder.WriteHead(h); err != nil {
		return err
	}
	v.Record(h.ID, record.Event{Kind: record.EventMoved, Owner: at.Kind})
	return nil
}
