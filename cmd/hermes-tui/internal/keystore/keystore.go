// Package keystore is the commands about where secrets live: keystore show and
// move, and purge, which deletes them all.
package keystore

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Command is `keystore`.
func Command(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{Use: "keystore", Short: "Show or change where secrets live", Args: arg.Exactly(0)}
	cmd.RunE = func(*cobra.Command, []string) error { return cmd.Help() }
	show := &cobra.Command{
		Use: "show", Short: "Show which keystore is in use", Args: arg.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error { return Show(cmd.Context(), s) },
	}
	s.AsJSON(show)
	cmd.AddCommand(show, moveCommand(s))
	return cmd
}

// Show says which keystore is in use.
func Show(ctx context.Context, s *session.Session) error {
	accounts, err := s.Open(session.Options{Alone: true, AnyStore: true})
	if err != nil {
		return err
	}
	store, err := accounts.DetectStore(ctx)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.WriteJSON(format.StoreJSON(store))
	}
	facts := table.New(table.Column{}, table.Column{Least: 16})
	facts.Add(table.Muted("keystore"), table.Text(format.Store(store)))
	if store.Fleet != "" {
		facts.Add(table.Muted("fleet"), table.Text(store.Fleet+"; its accounts are in its etcd, and what this host has seen of them here"))
	}
	facts.Add(table.Muted("kind"), table.Text(store.Kind))
	facts.Add(table.Muted("chosen by"), table.Text(store.ChosenBy))
	if store.Kind != string(keystore.KindFile) {
		return s.Draw(facts.Body(s.Look()))
	}
	found, err := s.Find()
	if err != nil {
		return err
	}
	facts.Add(table.Muted("key"), table.Text(found.Key().Path+words(s.Stores().Key, s.Clock.Now())))
	if found.Dirs.OneTop {
		facts.Add(table.Muted("note"), table.Text("the key lies beside its data here, which protects only against partial copies"))
	}
	return s.Draw(facts.Body(s.Look()))
}

func moveCommand(s *session.Session) *cobra.Command {
	o := &MoveOptions{Session: s}
	cmd := &cobra.Command{
		Use: "move keyring|file|etcd [ACCOUNT...]", Short: "Move secrets to another keystore", Args: arg.Between(1, mostMoved),
		Long: "Move every secret of this machine to another keystore, one account after the other.\n" +
			"Interrupted, it goes on where it stopped when it is run again.\n\n" +
			"On a host of a fleet, an ACCOUNT that is named goes out of the fleet and is this machine's\n" +
			"alone; `move etcd` brings it back, or all that are.",
		Example:   "  hermes-tui keystore move keyring\n  hermes-tui keystore move file work      # out of the fleet\n  hermes-tui keystore move etcd work      # and in again",
		ValidArgs: []string{"keyring", "file", string(kindEtcd)},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.To, o.Accounts = keystore.Kind(args[0]), args[1:]
			return o.Run(cmd.Context())
		},
	}
	cmd.Flags().BoolVarP(&o.Yes, "yes", "y", false, "do not ask")
	return cmd
}

// MoveOptions are what move was asked for.
type MoveOptions struct {
	*session.Session
	To       keystore.Kind
	Accounts []string // those of a fleet that go out of it or into it
	Yes      bool     // nobody is asked
}

// mostMoved is how many words it takes at most.
const mostMoved = 1000

// Run moves every secret.
func (o *MoveOptions) Run(ctx context.Context) error {
	switch {
	case o.To == kindEtcd:
		return o.moveIn(ctx)
	case o.To != keystore.KindKeyring && o.To != keystore.KindFile:
		return exit.Usage(fmt.Sprintf("there is no keystore %q", o.To), "use keyring or file, or etcd on a host of a fleet")
	case len(o.Accounts) > 0:
		return o.moveOut(ctx)
	}
	accounts, err := o.Open(session.Options{Stays: true, AnyStore: true, Secrets: true, Patience: session.OneShot})
	if err != nil {
		return err
	}
	before := accounts.Snapshot()
	if before.Store.Kind == "" {
		return exit.Usage("there is nothing to move yet", fmt.Sprintf("choose it at the first sign-in: `hermes-tui --keystore %s login`", o.To))
	}
	if before.Store.Kind == string(o.To) && before.Store.Moving == "" {
		o.Line("The secrets are in the %s already.", before.Store.Name)
		return nil
	}
	all := format.Plural(len(before.Accounts), "account", "accounts")
	if err := o.Confirm(fmt.Sprintf("Move the secrets of %s to the keystore %q?", all, o.To), o.Yes); err != nil {
		return err
	}
	if err := accounts.Move(ctx, o.To, nil); err != nil {
		return err
	}
	o.Line("Moved %s to: %s", all, format.Store(accounts.Snapshot().Store))
	return nil
}
