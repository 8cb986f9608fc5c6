package vault

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Aside keeps the tokens of a sign-in in this machine's keystore where the store that
// has the account's head cannot be written: the head in this machine's folder names
// them, and whoever claims the account next brings them to where they belong. h is the
// head of a new account, nil for one that is there.
func Aside(ctx context.Context, v *Vault, id string, h *record.Head, blob *record.Blob) error {
	claim, err := Files{v.Folder}.Claim(ctx, id)
	if err != nil {
		return err
	}
	read := func() (*record.Head, error) { return claim.Head(ctx) }
	if h != nil {
		read = func() (*record.Head, error) { return h, nil }
	}
	return v.hold(ctx, claim, read, func(t *Txn) error {
		if t.Head.Removed() {
			return &autherr.Error{Kind: autherr.Failed, Code: autherr.CodeNoSuchAccount, Message: "the account was removed meanwhile"}
		}
		if err := t.Begin(ctx, record.ForLogin, ""); err != nil {
			return err
		}
		blob.StoreID, blob.AccountID, blob.Gen, blob.Why = t.Store.StoreID, t.Head.ID, t.Head.Gen+1, record.ForLogin
		data, err := blob.Seal()
		if err != nil {
			return err
		}
		return Explain(t.secrets().put(ctx, t.Head.Intent.Blob, data))
	})
}
