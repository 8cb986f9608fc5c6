package account

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
)

// RemoveOptions are what remove was asked for.
type RemoveOptions struct {
	*session.Session
	Account string
	Yes     bool // nobody is asked
	Keep    bool // the sign-in is not revoked
}

// RemoveCommand is `remove`.
func RemoveCommand(s *session.Session) *cobra.Command {
	o := &RemoveOptions{Session: s}
	cmd := &cobra.Command{
		Use: "remove ACCOUNT", Aliases: []string{"logout"}, Short: "Delete an account and its secrets, and revoke its sign-in", Args: arg.Exactly(1),
		Long: "Delete an account and its secrets, and then ask the provider to end the sign-in, where it\n" +
			"can: within 5 seconds, and whatever comes of it, the account is gone here. An API key and\n" +
			"a sign-in that another program uses are never revoked.",
		ValidArgsFunction: arg.Account(s),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Account = args[0]
			return o.Run(cmd.Context())
		},
	}
	s.AsJSON(cmd)
	cmd.Flags().BoolVarP(&o.Yes, "yes", "y", false, "do not ask")
	cmd.Flags().BoolVar(&o.Keep, "no-revoke", false, "do not revoke the sign-in at its provider")
	return cmd
}

// Run removes the account.
func (o *RemoveOptions) Run(ctx context.Context) error {
	accounts, account, err := o.One(o.Account)
	if err != nil {
		return err
	}
	ends := ""
	if account.Revocable && !o.Keep {
		ends = " and its sign-in is revoked"
	}
	question := fmt.Sprintf("Remove %s (%s, %s)? Its tokens are deleted%s; this cannot be undone.", account.Label, account.ProviderName, account.ID, ends)
	if err := o.Confirm(question, o.Yes); err != nil {
		return err
	}
	var done core.Removal
	if o.Keep {
		done.Revocation, err = core.NotAsked, accounts.Remove(ctx, account.ID)
	} else {
		done, err = accounts.RemoveAndRevoke(ctx, account.ID)
	}
	if err != nil {
		return err
	}
	if o.JSON {
		return o.WriteJSON(removalJSON(account, done))
	}
	o.Line("Removed %s.", account.Label)
	o.Line("%s", done.Sentence(account))
	return nil
}

// removalJSON is what `remove --json` prints.
func removalJSON(account core.Account, done core.Removal) map[string]any {
	object := map[string]any{"removed": account.ID, "label": account.Label, "provider": account.Provider, "revocation": done.Revocation, "reason": nil}
	if done.Err != nil {
		object["reason"] = done.Err.Error()
	}
	return object
}
