package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"

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
	if in, ok := a.in.(*os.File); ok && term.IsTerminal(int(in.Fd())) {
		_, _ = fmt.Fprint(a.err, "API key (it is not shown): ")
		text, err := term.ReadPassword(int(in.Fd()))
		_, _ = fmt.Fprintln(a.err)
		if err != nil {
			return secret.Secret{}, usage("the key could not be read: "+err.Error(), "give it on the standard input")
		}
		return secret.New(string(text)), nil
	}
	text, err := io.ReadAll(io.LimitReader(a.in, mostKey))
	if err != nil {
		return secret.Secret{}, usage("the key could not be read: "+err.Error(), "give it on the standard input")
	}
	return secret.New(string(text)), nil
}
