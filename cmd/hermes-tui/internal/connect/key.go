package connect

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/foreign"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/connect"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/serve"
)

// local is the key that a program gets for the proxy, before and after it is made.
type local struct {
	accounts *core.Core
	wanted   *serve.ClientKeyOptions // nil: there is nothing to make
	made     *serve.NewClientKey
}

// withKey returns the form with a key of the program's own in it, where its file
// holds one. A key that stands there already, is good, and opens the same goes on;
// a new one is made when the person has agreed to the change.
func (o *Options) withKey(ctx context.Context, accounts *core.Core, p connect.Program, use connect.Use, f connect.Form, file foreign.File) (connect.Form, local, error) {
	key, err := clientkey.New(o.Random)
	if err != nil {
		return f, local{}, err
	}
	wanted := serve.ClientKeyOptions{Name: p.ID, File: file.Path, Entry: use.Entry(), Secret: key}
	if use.Pool {
		wanted.Pool = use.Account
	} else {
		wanted.Account = use.Account
	}
	l := local{accounts, &wanted, nil}
	for _, text := range clientkey.In(file.Text) {
		have, err := accounts.ClientKey(ctx, text)
		if err == nil && have.File == wanted.File && have.Entry == wanted.Entry && have.Account == wanted.Account && have.Pool == wanted.Pool {
			key, l.wanted = secret.New(text), nil
		}
	}
	use.LocalKey = key.Reveal()
	keyed, err := p.Form(use, f.Name)
	if err != nil || !strings.Contains(keyed.Snippet(), use.LocalKey) {
		return f, local{}, err
	}
	return keyed, l, nil
}

// make makes the key that is wanted.
func (l *local) make(ctx context.Context) error {
	if l.wanted == nil {
		return nil
	}
	made, err := l.accounts.AddClientKey(ctx, *l.wanted)
	if err == nil {
		l.made = &made
	}
	return err
}

// takeBack takes the key away that was made for a file which could not be written.
func (l *local) takeBack(ctx context.Context, cause error) error {
	if l.made == nil {
		return cause
	}
	if err := l.accounts.TakeBackClientKey(context.WithoutCancel(ctx), *l.made); err != nil {
		return errors.Join(cause, fmt.Errorf("the key %s that was made for it is left: `hermes-tui key revoke %s`", l.made.Name, l.made.Name))
	}
	return cause
}

// revokeKeys takes away the keys of a program's file that is as it was before. A
// keystore that is locked does not keep the file from being given back.
func (o *Options) revokeKeys(ctx context.Context, path string) {
	var names []string
	accounts, err := o.Open(session.Options{Patience: session.OneShot})
	if err == nil {
		names, err = accounts.RevokeClientKeysOf(ctx, path)
	}
	if err != nil {
		hint := ""
		var e *autherr.Error
		if errors.As(err, &e) && e.Hint != "" {
			hint = "; " + e.Hint
		}
		fmt.Fprintf(o.Err, "# its key could not be revoked: %s%s; then `hermes-tui key list` names it\n", secret.Clean(err.Error(), 500), hint)
	}
	for _, name := range names {
		o.Line("The key %s is revoked.", name)
	}
}
