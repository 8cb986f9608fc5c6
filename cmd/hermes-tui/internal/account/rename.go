// Package account is the commands about the accounts themselves: list, status,
// log, rename, use, pause, resume and remove.
package account

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
)

// RenameCommand is `rename`.
func RenameCommand(s *session.Session) *cobra.Command {
	return &cobra.Command{
		Use: "rename ACCOUNT LABEL", Short: "Change an account's label", Args: arg.Exactly(2), ValidArgsFunction: arg.Account(s),
		RunE: func(cmd *cobra.Command, args []string) error { return Rename(cmd.Context(), s, args[0], args[1]) },
	}
}

// Rename gives an account another label.
func Rename(ctx context.Context, s *session.Session, name, label string) error {
	accounts, account, err := s.One(name)
	if err != nil {
		return err
	}
	if err := accounts.Rename(ctx, account.ID, label); err != nil {
		return err
	}
	if renamed, err := accounts.SelectOne(account.ID); err == nil {
		account = renamed // its label as it was cleaned
	}
	s.Line("%s is now called %s", account.ID, account.Label)
	return nil
}
