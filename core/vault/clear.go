package vault

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Clear deletes every account and every secret of this store: those that its
// records name, and whatever else its keystores hold for it, as far as they can
// list that. A record that cannot be read keeps nothing from being deleted. It
// returns why something is left.
func (v *Vault) Clear(ctx context.Context) error {
	ids, err := v.Folder.IDs()
	if err != nil {
		return err
	}
	var failed error
	for _, id := range ids {
		if _, err := v.Folder.ReadHead(id); err != nil {
			continue // what it named is listed below
		}
		if err := v.Remove(ctx, id); err != nil {
			failed = err
			if stuck(err) {
				return err
			}
		}
	}
	for _, id := range keyRecords() {
		switch err := v.remove(ctx, id); {
		case stuck(err):
			return err
		case errors.Is(err, autherr.NotFound), autherr.CodeOf(err) == autherr.CodeRecordDamaged:
		default:
			failed = errors.Join(failed, err)
		}
	}
	return errors.Join(failed, v.repairProbes(ctx), v.deleteAll(ctx))
}

// stuck reports whether the keystore refuses, as it would for every further
// secret.
func stuck(err error) bool {
	switch autherr.CodeOf(err) {
	case autherr.CodeKeystoreLocked, autherr.CodeKeystoreUnavailable:
		return true
	}
	return false
}

// deleteAll deletes every secret that the store's keystores list.
func (v *Vault) deleteAll(ctx context.Context) error {
	ident, ok, err := v.Folder.Store.Read()
	if err != nil || !ok {
		return nil // nothing says any more which store this was
	}
	for _, kind := range []string{ident.Kind, ident.MovingFrom} {
		names, err := v.secrets(ident.Space()).list(ctx, kind)
		if err != nil {
			return err
		}
		for _, name := range names {
			if err := v.secrets(ident.Space()).delete(ctx, record.Item{Kind: kind, Name: name}); err != nil {
				return Explain(err)
			}
		}
	}
	return nil
}
