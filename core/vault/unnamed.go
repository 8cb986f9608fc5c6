package vault

import (
	"context"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// unnamed returns the secrets of this store that no head names, as far as its
// keystores can list what they hold. Those of accounts that have no head at all
// are not among them: they may be all that is left of the account.
func (v *Vault) unnamed(ctx context.Context, ident record.Store) (found []record.Item) {
	found, _ = v.sift(ctx, ident)
	return found
}

// sift tells the secrets that a head could name, and does not, from those whose
// head is missing.
func (v *Vault) sift(ctx context.Context, ident record.Store) (unnamed, orphans []record.Item) {
	heads := map[string]*record.Head{}
	for _, kind := range []string{ident.Kind, ident.MovingFrom} {
		names, _ := v.secrets(ident.Space()).list(ctx, kind) // one that is locked is looked at by a later command
		for _, name := range names {
			at := record.Item{Kind: kind, Name: name}
			id, _, _ := strings.Cut(name, ".")
			if !record.ValidID(id) {
				continue // the proxy's key, a probe
			}
			if _, known := heads[id]; !known {
				heads[id], _ = v.Folder.ReadHead(id)
			}
			switch h := heads[id]; {
			case h == nil:
				orphans = append(orphans, at)
			case !h.Names(at):
				unnamed = append(unnamed, at)
			}
		}
	}
	return unnamed, orphans
}

// Unnamed returns the secrets that nothing names, which [Vault.Repair] deletes,
// and those that it leaves because their account has no record.
func (v *Vault) Unnamed(ctx context.Context) (unnamed, orphans []record.Item) {
	ident, ok, err := v.Folder.Store.Read()
	if err != nil || !ok {
		return nil, nil
	}
	return v.sift(ctx, ident)
}

// deleteUnnamed deletes a secret unless its account's head names it by now, or
// is older than it: such a head came back from a copy of the folder, and the
// secret may be all that is left of the account.
func (v *Vault) deleteUnnamed(ctx context.Context, at record.Item) error {
	id, _, _ := strings.Cut(at.Name, ".")
	return v.tryLocked(ctx, id, func(t *Txn) error {
		if t.Head.Names(at) {
			return nil
		}
		data, err := t.secrets().get(ctx, at)
		if blob, unreadable := record.OpenBlob(data); err == nil && unreadable == nil && blob.Gen > t.Head.Gen && !t.Head.Removed() {
			return nil
		}
		if condition := keystore.ConditionOf(err); condition == keystore.Locked || condition == keystore.Unavailable {
			return Explain(err)
		}
		return Explain(t.secrets().delete(ctx, at))
	})
}
