package login

import (
	"context"
	"errors"
	"io"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// mostKey is how much of the standard input is read: no key is longer.
const mostKey = 16 << 10

// addKey stores an API key as an account.
func (o *Options) addKey(ctx context.Context, accounts *core.Core) error {
	key, err := o.readKey()
	if err != nil {
		return err
	}
	account, err := accounts.AddKey(ctx, core.KeyOptions{Provider: o.Provider, Region: o.Region, Account: o.Account, Label: o.Label}, key)
	if err != nil {
		return err
	}
	if o.JSON {
		return o.WriteJSON(eventJSON(core.SignedIn{Account: account}, o.Clock.Now()))
	}
	o.Line("Added the API key: %s (%s, %s)", account.Label, account.ProviderName, account.ID)
	o.Line("It is in: %s", format.Tokens(accounts.Snapshot().Store))
	return nil
}

// readKey asks for the key without echo, or reads it from the standard input.
func (o *Options) readKey() (secret.Secret, error) {
	var text string
	var err error
	if in := o.Keyboard(); in != nil {
		text, err = o.Secret(in, "API key (it is not shown): ")
	} else {
		var all []byte
		all, err = io.ReadAll(io.LimitReader(o.In, mostKey))
		text = string(all)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return secret.Secret{}, err
	case err != nil:
		return secret.Secret{}, exit.Usage("the key could not be read: "+err.Error(), "give it on the standard input")
	}
	return secret.New(text), nil
}
