package main

import (
	"context"
	"errors"
	"io"

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
	if a.wantsJSON {
		return writeJSON(a.out, eventJSON(core.SignedIn{Account: account}, a.clock.Now()))
	}
	a.line("Added the API key: %s (%s, %s)", account.Label, account.ProviderName, account.ID)
	a.line("It is in: %s", storeWords(accounts.Snapshot().Store))
	return nil
}

// readKey asks for the key without echo, or reads it from the standard input.
func (a *app) readKey() (secret.Secret, error) {
	var text string
	var err error
	if in := a.keyboard(); in != nil {
		text, err = a.secretLine(in, "API key (it is not shown): ")
	} else {
		var all []byte
		all, err = io.ReadAll(io.LimitReader(a.in, mostKey))
		text = string(all)
	}
	switch {
	case errors.Is(err, context.Canceled):
		return secret.Secret{}, err
	case err != nil:
		return secret.Secret{}, usage("the key could not be read: "+err.Error(), "give it on the standard input")
	}
	return secret.New(text), nil
}
