package main

import (
	"fmt"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core"
)

func (a *app) removeCommand() *cobra.Command {
	var yes, keep bool
	cmd := &cobra.Command{
		Use: "remove ACCOUNT", Aliases: []string{"logout"}, Short: "Delete an account and its secrets, and revoke its sign-in", Args: arg.Exactly(1),
		Long: "Delete an account and its secrets, and then ask the provider to end the sign-in, where it\n" +
			"can: within 5 seconds, and whatever comes of it, the account is gone here. An API key and\n" +
			"a sign-in that another program uses are never revoked.",
		ValidArgsFunction: arg.Account(a.Session),
		RunE: func(cmd *cobra.Command, args []string) error {
			accounts, account, err := a.One(args[0])
			if err != nil {
				return err
			}
			ends := ""
			if account.Revocable && !keep {
				ends = " and its sign-in is revoked"
			}
			question := fmt.Sprintf("Remove %s (%s, %s)? Its tokens are deleted%s; this cannot be undone.", account.Label, account.ProviderName, account.ID, ends)
			if err := a.Confirm(question, yes); err != nil {
				return err
			}
			var done core.Removal
			if keep {
				done.Revocation, err = core.NotAsked, accounts.Remove(cmd.Context(), account.ID)
			} else {
				done, err = accounts.RemoveAndRevoke(cmd.Context(), account.ID)
			}
			if err != nil {
				return err
			}
			if a.JSON {
				return a.WriteJSON(removalJSON(account, done))
			}
			a.Line("Removed %s.", account.Label)
			a.Line("%s", done.Sentence(account))
			return nil
		},
	}
	a.AsJSON(cmd)
	cmd.Flags().BoolVarP(&yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&keep, "no-revoke", false, "do not revoke the sign-in at its provider")
	return cmd
}

// removalJSON is what `remove --json` prints.
func removalJSON(account core.Account, done core.Removal) map[string]any {
	object := map[string]any{"removed": account.ID, "label": account.Label, "provider": account.Provider, "revocation": done.Revocation, "reason": nil}
	if done.Err != nil {
		object["reason"] = done.Err.Error()
	}
	return object
}
