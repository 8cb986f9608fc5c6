package vault

import (
	"context"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// unnamed returns the secrets of this store that no head names, as far as its
// keystores can list what they hold. Those of accounts that have no head at all
// are not among them: they may be all that is left of the account.
func (v *Vault) unnamed(ctx context.Context, ident record.Identity) (found []record.Place) {
	found, _ = v.sift(ctx, ident)
	return found
}

// sift tells the secrets that a head could name, and does not, from those whose
// head is missing.
func (v *Vault) sift(ctx context.Context, ident record.Identity) (unnamed, orphans []record.Place) {
	heads := map[string]*record.Head{}
	for _, kind := range []string{ident.Kind, ident.MovingFrom} {
		names, _ := v.list(ctx, ident.StoreID, kind) // one that is locked is looked at by a later command
		for _, name := range names {
			at := record.Place{Kind: kind, Name: name}
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

// Unnamed returns the secrets that nothing names, which [Vault.Mend] deletes,
// and those that it leaves because their account has no record.
func (v *Vault) Unnamed(ctx context.Context) (unnamed, orphans []record.Place) {
	ident, ok, err := v.Folder.Identity()
	if err != nil || !ok {
		return nil, nil
	}
	return v.sift(ctx, ident)
}

// deleteUnnamed deletes a secret unless its account's head names it by now, or
// is older than it: such a head came back from a copy of the folder, and the
// secret may be all that is left of the account.
func (v *Vault) deleteUnnamed(ctx context.Context, ident record.Identity, at record.Place) error {
	id, _, _ := strings.Cut(at.Name, ".")
	lock, err := v.Folder.TryLock(id)
	if err != nil || lock == nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	h, err := v.Folder.ReadHead(id)
	if err != nil || h.Names(at) {
		return nil
	}
	data, err := v.get(ctx, ident.StoreID, at)
	if blob, unreadable := record.OpenBlob(data); err == nil && unreadable == nil && blob.Gen > h.Gen && !h.Removed() {
		return nil
	}
	if condition := keystore.ConditionOf(err); condition == keystore.Locked || condition == keystore.Unavailable {
		return Explain(err)
	}
	return Explain(v.delete(ctx, ident.StoreID, at))
}

// list returns the names in a keystore; none where it is of a kind that cannot
// be listed.
func (v *Vault) list(ctx context.Context, storeID, kind string) ([]string, error) {
	if kind == "" {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, OpenTimeout)
	defer cancel()
	store, err := v.Keystores.Open(ctx, keystore.Kind(kind), storeID)
	if err != nil {
		return nil, Explain(err)
	}
	lister, ok := store.(keystore.Lister)
	if !ok {
		return nil, nil
	}
	names, err := lister.List(ctx)
	return names, Explain(err)
}

// namesOf lists the secrets of an account in one kind of keystore. A keyring is
// not asked: that costs a call for each of its items.
func (v *Vault) namesOf(ctx context.Context, storeID, kind, id string) []string {
	if kind == string(keystore.KindKeyring) {
		return nil
	}
	names, _ := v.list(ctx, storeID, kind)
	return slices.DeleteFunc(names, func(name string) bool { return !strings.HasPrefix(name, id+".") })
}
