package interop

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// revive gives tokens to accounts that need signing in and whose row in the
// file is alive again: somebody signed in to the other program.
func (i *importing) revive(ctx context.Context, owned []hermes.Match) error {
	for _, m := range owned {
		if m.Grant.Row.Dead || m.Grant.Row.Access.IsZero() {
			continue
		}
		if err := i.reviveOne(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

func (i *importing) reviveOne(ctx context.Context, m hermes.Match) error {
	h, err := i.state.Folder.ReadHead(m.Account)
	hash := record.Hash(i.ident.StoreID, m.Grant.Row.Secret())
	if err != nil || !h.Quarantined() || h.WasRefused(hash) {
		return err
	}
	return i.state.Vault.Change(ctx, m.Account, func(t *vault.Txn) error {
		if !t.Head.Quarantined() {
			return nil
		}
		d, ok := hermes.DraftOf(m.Grant, i.state.Providers)
		if !ok || d.Binding.Region != t.Head.Region {
			return nil
		}
		i.claim(t.Head, m.Grant)
		return keepImported(ctx, t, blobOf(d, i.state.Clock.Now()))
	})
}
