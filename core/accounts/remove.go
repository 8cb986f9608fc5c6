package accounts

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Remove deletes an account, its secrets here, and what is known about the programs
// that have used it. It cannot be undone.
func (as *Accounts) Remove(ctx context.Context, id string) error {
	err := as.state.Vault.Remove(context.WithoutCancel(ctx), id)
	h, _ := as.state.Folder.ReadHead(id)
	gone := err == nil || h != nil && h.Removed()
	if gone {
		as.state.Desk.Clear(id)
	}
	if gone && err != nil {
		err = leftBehind(err)
	}
	as.state.Changed.Ring()
	return err
}

// leftBehind is the answer where an account is gone and its secrets are not.
func leftBehind(cause error) error {
	e := autherr.Error{Kind: autherr.Keystore, Code: autherr.CodeKeystoreUnavailable, Err: cause}
	var known *autherr.Error
	if errors.As(cause, &known) {
		e.Kind, e.Code = known.Kind, known.Code
	}
	e.Message = "the account is removed, but its secrets are not deleted yet: " + cause.Error()
	e.Hint = "once the keystore works again, the next command that uses it deletes them"
	return &e
}
