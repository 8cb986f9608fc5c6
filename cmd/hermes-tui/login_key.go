package main

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
func (a *app) addKey(ctx context.Context, accounts *core.Core, o core.KeyOptions) error {
	key, err := a.readKey()
	if err != nil {
		return err
	}
	account, err := accounts.AddKey(ctx, o, key)
	if err != nil {
		return err
	}
	if a.JSON {
		return a.WriteJSON(eventJSON(core.SignedIn{Account: account}, a.Clock.Now()))
	}
	a.Line("Added the API key: %s (%s, %s)", account.Label, account.ProviderName, account.ID)
	a.Line("It is in: %s", format.Store(accounts.Snapshot().Store))
	return nil
}

// readKey asks for the key without echo, or reads it from the standard input.
func (a *app) readKey() (secret.Secret, error) {
	var text string
	var err error
	if in := a.Keyboard(); in != nil {
		text, err = a.Secret(in, "API key (it is not shown): ")
	} else {
		var all []byte
		all, err = io.ReadAll(io.LimitReader(a.In, mostKey))
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
