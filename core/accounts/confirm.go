package accounts

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// SetConfirm marks an account, so that each program has to be confirmed by a person
// before it gets a token, or takes the mark off. No secret is opened.
func (as *Accounts) SetConfirm(ctx context.Context, id string, on bool) error {
	claim, err := as.state.Vault.At(id).Claim(ctx, id)
	if err != nil {
		return err
	}
	defer as.state.Changed.Ring()
	changed := false
	err = as.state.Vault.Hold(ctx, claim, func(t *vault.Txn) error {
		if t.Head.Removed() {
			return noSuchAccount(id)
		}
		if t.Head.Confirm == on {
			return nil
		}
		changed, t.Head.Confirm = true, on
		return t.Write(ctx)
	})
	if err != nil || !changed {
		return err
	}
	words := "each program has to be confirmed"
	if !on {
		words = "programs need no confirmation any more"
	}
	as.state.Vault.AddEvent(id, record.Event{Kind: record.EventConfirm, Message: words})
	return nil
}
