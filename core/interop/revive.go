package interop

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/core/record"
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
	lock, err := i.state.Folder.Lock(ctx, m.Account)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Unlock() }()
	if h, err = i.state.Folder.ReadHead(m.Account); err != nil || !h.Quarantined() {
		return err
	}
	d, ok := hermes.DraftOf(m.Grant, i.state.Providers)
	if !ok || d.Binding.Region != h.Region {
		return nil
	}
	i.claim(h, m.Grant)
	if err := i.tokens(ctx, h, blobOf(d, i.state.Clock.Now())); err != nil {
		return err
	}
	i.state.Vault.Finish(ctx, i.ident, h)
	return nil
}
