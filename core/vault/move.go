package vault

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Move brings every secret to another kind of keystore, one account after the
// other, each under its lock. It can be interrupted and run again: until nothing
// names the old kind any more, store.json says that a move is under way.
// progress, which may be nil, is called before each account.
func (v *Vault) Move(ctx context.Context, to keystore.Kind, progress func(done, total int)) error {
	ident, ok, err := v.Folder.Store.Read()
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
	if err := v.Probe(ctx, to, ident.Space()); err != nil {
		return err
	}
	if err := v.Folder.Store.SetKind(ctx, string(to), from); err != nil {
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
		if err := v.move(ctx, id, string(to)); err != nil {
			return err
		}
	}
	for _, id := range keyRecords() {
		if err := v.move(ctx, id, string(to)); err != nil {
			return err
		}
	}
	return v.Folder.Store.SetKind(ctx, string(to), "")
}

// readable proves, by opening one secret, that there is something to move from:
// a move out of a locked keyring must not begin, because new sign-ins would go
// elsewhere from then on.
func (v *Vault) readable(ctx context.Context, ident record.Store) error {
	ids, err := v.Folder.IDs()
	if err != nil {
		return err
	}
	for _, id := range ids {
		if h, err := v.Folder.ReadHead(id); err == nil && h.Ref != nil {
			_, err := v.secrets(ident.Space()).get(ctx, h.Ref.Item)
			if keystore.ConditionOf(err) == keystore.NotFound {
				continue // it moved on, or is damaged, which is said under its lock
			}
			return Explain(err)
		}
	}
	return nil
}

// move brings the current secret of an account, or the keys of the proxy, to
// another kind of keystore.
func (v *Vault) move(ctx context.Context, id, to string) error {
	err := v.change(ctx, id, func(t *Txn) error {
		if t.Head.Ref == nil || t.Head.Ref.Kind == to {
			if err := t.Write(ctx); err != nil {
				return err
			}
			return t.Finish(ctx)
		}
		if err := t.move(ctx); err != nil {
			return err
		}
		return t.Finish(ctx)
	})
	if errors.Is(err, autherr.NotFound) {
		return nil // reserved, never signed in
	}
	return err
}

// newName is the name of a blob that is about to be made. What is moved between the
// keystores of this machine keeps the one by which a fleet knows it: it is the same blob,
// and the others need not hear of it.
func (t *Txn) newName(why record.Reason) (string, error) {
	h := t.Head
	if _, alone := t.vault.At(h.ID).(Files); !alone && why == record.ForMove && h.Ref != nil && !h.Names(record.Item{Kind: t.Store.Kind, Name: h.Ref.Name}) {
		return h.Ref.Name, nil
	}
	return t.vault.Folder.NewBlobName(h.ID)
}

// move copies the current blob to a new name in the store's kind.
func (t *Txn) move(ctx context.Context) error {
	h := t.Head
	data, err := t.secrets().get(ctx, h.Ref.Item)
	if err != nil {
		return ExplainOpen(h, err)
	}
	if record.Checksum(data) != h.Ref.SHA256 {
		return h.Damaged(nil)
	}
	if err := t.replace(ctx, data); err != nil {
		return err
	}
	t.vault.AddEvent(h.ID, record.Event{Kind: record.EventMoved, Owner: h.Ref.Kind})
	return nil
}
