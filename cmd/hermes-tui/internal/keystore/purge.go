package keystore

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
)

// PurgeOptions are what purge was asked for.
type PurgeOptions struct {
	*session.Session
	Yes   bool // nobody is asked
	Force bool // also where the keystore does not let a secret be deleted
}

// PurgeCommand is `purge`.
func PurgeCommand(s *session.Session) *cobra.Command {
	o := &PurgeOptions{Session: s}
	cmd := &cobra.Command{
		Use: "purge", Short: "Delete every account, secret and file of hermes-tui", Args: arg.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return o.Run(cmd.Context()) },
	}
	cmd.Flags().BoolVarP(&o.Yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.Force, "force", false, "go on where the keystore does not let a secret be deleted")
	return cmd
}

// Run deletes everything.
func (o *PurgeOptions) Run(ctx context.Context) error {
	found, err := o.Find()
	if err != nil {
		return err
	}
	accounts, err := o.Open(session.Options{Stays: true, Alone: true, AnyStore: true})
	if err != nil {
		return err
	}
	all := format.Plural(len(accounts.Snapshot().Accounts), "account", "accounts")
	question := fmt.Sprintf("Delete %s with their tokens, and every file of hermes-tui in %s? This cannot be undone.", all, found.Dirs.State)
	if err := o.Confirm(question, o.Yes); err != nil {
		return err
	}
	if err := o.Stores().Key.Drop(); err != nil && !o.Force { // it may be held unlocked
		return err
	}
	err = accounts.Purge(ctx, true)
	left := err != nil && o.Force
	if left {
		err = accounts.Purge(ctx, false)
	}
	if err != nil {
		return err
	}
	if key := found.Key(); key.Create { // one that we made; a named one is not ours
		if err := os.Remove(key.Path); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		_ = os.Remove(found.Dirs.Data)
	}
	o.Line("Deleted.")
	if left {
		o.Line("What the keystore did not let be deleted is still in it, under the name hermes-tui.")
	}
	if _, err := os.Stat(found.Dirs.Config); err == nil {
		o.Line("The configuration in %s was kept.", found.Dirs.Config)
	}
	return nil
}
