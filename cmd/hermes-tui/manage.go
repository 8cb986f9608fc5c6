package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/keystore"
)

func (a *app) renameCommand() *cobra.Command {
	return &cobra.Command{
		Use: "rename ACCOUNT LABEL", Short: "Give an account another label", Args: arg.Exactly(2), ValidArgsFunction: arg.Account(a.Session),
		RunE: func(cmd *cobra.Command, args []string) error {
			accounts, account, err := a.One(args[0])
			if err != nil {
				return err
			}
			if err := accounts.Rename(cmd.Context(), account.ID, args[1]); err != nil {
				return err
			}
			if renamed, err := accounts.SelectOne(account.ID); err == nil {
				account = renamed // its label as it was cleaned
			}
			a.Line("%s is now called %s", account.ID, account.Label)
			return nil
		},
	}
}

func (a *app) keystoreCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "keystore", Short: "Show or change where secrets live", Args: arg.Exactly(0)}
	cmd.RunE = func(*cobra.Command, []string) error { return cmd.Help() }
	show := &cobra.Command{
		Use: "show", Short: "Say which keystore is in use", Args: arg.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			accounts, err := a.Open(session.Options{AnyStore: true})
			if err != nil {
				return err
			}
			store, err := accounts.DetectStore(cmd.Context())
			if err != nil {
				return err
			}
			if a.JSON {
				return a.WriteJSON(format.StoreJSON(store))
			}
			a.Line("%s: %s, chosen by: %s", store.Kind, format.Store(store), store.ChosenBy)
			if store.Kind == string(keystore.KindFile) {
				found, err := a.Find()
				if err != nil {
					return err
				}
				a.Line("key: %s", found.Key().Path)
				if found.Dirs.OneTop {
					a.Line("The key lies beside its data here, which protects only against partial copies.")
				}
			}
			return nil
		},
	}
	a.AsJSON(show)
	cmd.AddCommand(show, a.moveCommand())
	return cmd
}

func (a *app) moveCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "move keyring|file", Short: "Move every secret to another keystore", Args: arg.Exactly(1),
		Long:      "Move every secret to another keystore, one account after the other. Interrupted, it goes\non where it stopped when it is run again.",
		ValidArgs: []string{"keyring", "file"},
		RunE: func(cmd *cobra.Command, args []string) error {
			to := keystore.Kind(args[0])
			if to != keystore.KindKeyring && to != keystore.KindFile {
				return exit.Usage(fmt.Sprintf("there is no keystore %q", args[0]), "use keyring or file")
			}
			accounts, err := a.Open(session.Options{Stays: true, AnyStore: true, Secrets: true, Patience: session.OneShot})
			if err != nil {
				return err
			}
			before := accounts.Snapshot()
			if before.Store.Kind == "" {
				return exit.Usage("there is nothing to move yet", fmt.Sprintf("choose it at the first sign-in: `hermes-tui --keystore %s login`", to))
			}
			if before.Store.Kind == string(to) && before.Store.Moving == "" {
				a.Line("The secrets are in the %s already.", before.Store.Name)
				return nil
			}
			question := fmt.Sprintf("Move the secrets of %s to the keystore %q?", format.Plural(len(before.Accounts), "account", "accounts"), to)
			if err := a.Confirm(question, yes); err != nil {
				return err
			}
			if err := accounts.Move(cmd.Context(), to, nil); err != nil {
				return err
			}
			a.Line("Moved %s to: %s", format.Plural(len(before.Accounts), "account", "accounts"), format.Store(accounts.Snapshot().Store))
			return nil
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

func (a *app) purgeCommand() *cobra.Command {
	var yes, force bool
	cmd := &cobra.Command{
		Use: "purge", Short: "Delete every account, secret and file of hermes-tui", Args: arg.Exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			accounts, err := a.Open(session.Options{Stays: true, AnyStore: true})
			if err != nil {
				return err
			}
			found, err := a.Find()
			if err != nil {
				return err
			}
			n := len(accounts.Snapshot().Accounts)
			question := fmt.Sprintf("Delete %s with their tokens, and every file of hermes-tui in %s? This cannot be undone.", format.Plural(n, "account", "accounts"), found.Dirs.State)
			if err := a.Confirm(question, yes); err != nil {
				return err
			}
			err = accounts.Purge(cmd.Context(), true)
			left := err != nil && force
			if left {
				err = accounts.Purge(cmd.Context(), false)
			}
			if err != nil {
				return err
			}
			key := found.Key()
			if key.Create { // one that we made; a named one is not ours
				if err := os.Remove(key.Path); err != nil && !errors.Is(err, os.ErrNotExist) {
					return err
				}
				_ = os.Remove(found.Dirs.Data)
			}
			a.Line("Deleted.")
			if left {
				a.Line("What the keystore did not let be deleted is still in it, under the name hermes-tui.")
			}
			if exists(found.Dirs.Config) {
				a.Line("The configuration in %s was kept.", found.Dirs.Config)
			}
			return nil
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&force, "force", false, "go on where the keystore does not let a secret be deleted")
	return cmd
}
