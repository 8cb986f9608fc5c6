package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/keystore"
)

func (a *app) renameCommand() *cobra.Command {
	return &cobra.Command{
		Use: "rename ACCOUNT LABEL", Short: "Give an account another label", Args: exactly(2), ValidArgsFunction: a.completeAccount,
		RunE: func(cmd *cobra.Command, args []string) error {
			accounts, account, err := a.one(args[0])
			if err != nil {
				return err
			}
			if err := accounts.Rename(cmd.Context(), account.ID, args[1]); err != nil {
				return err
			}
			if renamed, err := accounts.SelectOne(account.ID); err == nil {
				account = renamed // its label as it was cleaned
			}
			a.line("%s is now called %s", account.ID, account.Label)
			return nil
		},
	}
}

// one opens the accounts and finds the one that is meant.
func (a *app) one(name string) (*core.Core, core.Account, error) {
	c, err := a.setup()
	if err != nil {
		return nil, core.Account{}, err
	}
	accounts, err := a.open(c, options{secrets: true, patience: oneShotPatience})
	if err != nil {
		return nil, core.Account{}, err
	}
	account, err := accounts.SelectOne(name)
	return accounts, account, err
}

// confirm asks a question that only a clear yes answers. Without a terminal it
// takes --yes.
func (a *app) confirm(question string, yes bool) error {
	if yes {
		return nil
	}
	if !a.tty {
		return usage("this needs a confirmation, and nobody can be asked here", "add --yes")
	}
	_, _ = fmt.Fprintf(a.err, "%s [y/N] ", question)
	switch a.answer() {
	case "y", "yes":
		return nil
	}
	return &autherr.Error{Code: autherr.CodeCanceled, Message: "nothing was changed"}
}

// answer is the word that the person types, in lower case; none where a signal
// tells the command to end meanwhile.
func (a *app) answer() string {
	got := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(a.in).ReadString('\n')
		got <- strings.ToLower(strings.TrimSpace(text))
	}()
	select {
	case word := <-got:
		return word
	case <-a.told:
		_, _ = fmt.Fprintln(a.err)
		return ""
	}
}

func (a *app) keystoreCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "keystore", Short: "Show or change where secrets live", Args: exactly(0)}
	cmd.RunE = func(*cobra.Command, []string) error { return cmd.Help() }
	show := &cobra.Command{
		Use: "show", Short: "Say which keystore is in use", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.setup()
			if err != nil {
				return err
			}
			accounts, err := a.open(c, options{anyStore: true})
			if err != nil {
				return err
			}
			store, err := accounts.DetectStore(cmd.Context())
			if err != nil {
				return err
			}
			if a.wantsJSON {
				return writeJSON(a.out, storeJSON(store))
			}
			a.line("%s: %s, chosen by: %s", store.Kind, storeWords(store), store.ChosenBy)
			if store.Kind == string(keystore.KindFile) {
				a.line("key: %s", a.found(c).Key().Path)
				if a.dirs.OneTop {
					a.line("The key lies beside its data here, which protects only against partial copies.")
				}
			}
			return nil
		},
	}
	a.asJSON(show)
	cmd.AddCommand(show, a.moveCommand())
	return cmd
}

func (a *app) moveCommand() *cobra.Command {
	var yes bool
	cmd := &cobra.Command{
		Use: "move keyring|file", Short: "Move every secret to another keystore", Args: exactly(1),
		Long:      "Move every secret to another keystore, one account after the other. Interrupted, it goes\non where it stopped when it is run again.",
		ValidArgs: []string{"keyring", "file"},
		RunE: func(cmd *cobra.Command, args []string) error {
			to := keystore.Kind(args[0])
			if to != keystore.KindKeyring && to != keystore.KindFile {
				return usage(fmt.Sprintf("there is no keystore %q", args[0]), "use keyring or file")
			}
			c, err := a.setup()
			if err != nil {
				return err
			}
			accounts, err := a.open(c, options{stays: true, anyStore: true, secrets: true, patience: oneShotPatience})
			if err != nil {
				return err
			}
			before := accounts.Snapshot()
			if before.Store.Kind == "" {
				return usage("there is nothing to move yet", fmt.Sprintf("choose it at the first sign-in: `hermes-tui --keystore %s login`", to))
			}
			if before.Store.Kind == string(to) && before.Store.Moving == "" {
				a.line("The secrets are in the %s already.", before.Store.Name)
				return nil
			}
			question := fmt.Sprintf("Move the secrets of %s to the keystore %q?", plural(len(before.Accounts), "account", "accounts"), to)
			if err := a.confirm(question, yes); err != nil {
				return err
			}
			if err := accounts.Move(cmd.Context(), to, nil); err != nil {
				return err
			}
			a.line("Moved %s to: %s", plural(len(before.Accounts), "account", "accounts"), storeWords(accounts.Snapshot().Store))
			return nil
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	return cmd
}

func (a *app) purgeCommand() *cobra.Command {
	var yes, force bool
	cmd := &cobra.Command{
		Use: "purge", Short: "Delete every account, secret and file of hermes-tui", Args: exactly(0),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := a.setup()
			if err != nil {
				return err
			}
			accounts, err := a.open(c, options{stays: true, anyStore: true})
			if err != nil {
				return err
			}
			n := len(accounts.Snapshot().Accounts)
			question := fmt.Sprintf("Delete %s with their tokens, and every file of hermes-tui in %s? This cannot be undone.", plural(n, "account", "accounts"), a.dirs.State)
			if err := a.confirm(question, yes); err != nil {
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
			key := a.found(c).Key()
			if key.Create { // one that we made; a named one is not ours
				if err := os.Remove(key.Path); err != nil && !errors.Is(err, os.ErrNotExist) {
					return err
				}
				_ = os.Remove(a.dirs.Data)
			}
			a.line("Deleted.")
			if left {
				a.line("What the keystore did not let be deleted is still in it, under the name hermes-tui.")
			}
			if exists(a.dirs.Config) {
				a.line("The configuration in %s was kept.", a.dirs.Config)
			}
			return nil
		},
	}
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&force, "force", false, "go on where the keystore does not let a secret be deleted")
	return cmd
}
