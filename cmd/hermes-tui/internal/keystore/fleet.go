package keystore

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/host"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// kindEtcd is the keystore of a fleet, on the command line.
const kindEtcd keystore.Kind = "etcd"

// moveIn moves accounts of this machine into the fleet.
func (o *MoveOptions) moveIn(ctx context.Context) error {
	accounts, ids, err := o.chosen()
	if err != nil {
		return err
	}
	own, err := accounts.Host().Own()
	if err != nil {
		return err
	}
	if len(own) == 0 {
		o.Line("No account is this machine's own: all are the fleet's.")
		return nil
	}
	if len(ids) > 0 {
		own = ids
	}
	if err := o.Confirm(fmt.Sprintf("Move %s into the fleet, for all of its hosts?", format.Plural(len(own), "account", "accounts")), o.Yes); err != nil {
		return err
	}
	done, err := accounts.Host().MoveIn(ctx, own)
	return o.report(done, err, "Moved %s into the fleet.", "%s: in the fleet already.")
}

// moveOut moves accounts of the fleet to this machine.
func (o *MoveOptions) moveOut(ctx context.Context) error {
	accounts, ids, err := o.chosen()
	if err != nil {
		return err
	}
	if _, err := accounts.Host().Own(); autherr.CodeOf(err) == autherr.CodeNoFleet {
		return exit.Usage("an account alone goes out of a fleet, and this machine belongs to none", fmt.Sprintf("`hermes-tui keystore move %s` moves all secrets", o.To))
	}
	if store := accounts.Snapshot().Store; store.Kind != string(o.To) {
		return exit.Usage("this machine's secrets are in the "+store.Name, fmt.Sprintf("first move those there: `hermes-tui keystore move %s`", o.To))
	}
	question := fmt.Sprintf("Take %s out of the fleet, for this machine alone?", format.Plural(len(ids), "account", "accounts"))
	if err := o.Confirm(question, o.Yes); err != nil {
		return err
	}
	done, err := accounts.Host().MoveOut(ctx, ids)
	return o.report(done, err, "Moved %s out of the fleet: this machine's alone now.", "%s: this machine's alone already.")
}

// chosen opens the accounts and finds those that are meant.
func (o *MoveOptions) chosen() (accounts *core.Core, ids []string, err error) {
	if accounts, err = o.Open(session.Options{Stays: true, Alone: true, Secrets: true, Patience: session.OneShot}); err != nil {
		return nil, nil, err
	}
	for _, name := range o.Accounts {
		account, err := accounts.SelectOne(name)
		if err != nil {
			return nil, nil, err
		}
		ids = append(ids, account.ID)
	}
	return accounts, ids, nil
}

// report says what was moved, and what was there already or was not moved.
func (o *MoveOptions) report(done host.Moved, err error, says, there string) error {
	if err != nil {
		return err
	}
	if len(done.There) > 0 {
		o.Line(there, format.Plural(len(done.There), "account", "accounts"))
	}
	if len(done.IDs) > 0 {
		o.Line(says, format.Plural(len(done.IDs), "account", "accounts"))
	}
	for _, l := range done.Left[:max(0, len(done.Left)-1)] {
		o.Note("%s: %v", cmp.Or(l.Label, l.ID), l.Err)
	}
	if len(done.Left) > 0 {
		return done.Left[len(done.Left)-1].Err
	}
	return nil
}
