package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core"
)

func (a *app) refreshCommand() *cobra.Command {
	var all, force bool
	var timeout time.Duration
	cmd := &cobra.Command{
		Use: "refresh [ACCOUNT|--all]", Short: "Renew a token now", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(a.Session),
		Long: "Renew the access token of an account, or of all. Within 60 s of the last renewal, and\n" +
			"while the provider asked to wait, nothing is done and it says so, unless --force is given.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if all == (len(args) == 1) && (all || len(args) == 1) {
				return exit.Usage("an account and --all exclude each other", "give one of the two")
			}
			if timeout <= 0 {
				return exit.Usage("--timeout has to be longer than 0", "give a time such as `--timeout 60s`")
			}
			accounts, err := a.Open(session.Options{Secrets: true, Patience: session.OneShot})
			if err != nil {
				return err
			}
			chosen, err := chosen(accounts, args, all)
			if err != nil {
				return err
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), timeout)
			defer cancel()
			return a.refreshAll(ctx, accounts, chosen, force)
		},
	}
	a.AsJSON(cmd)
	cmd.Flags().BoolVar(&all, "all", false, "renew every account")
	cmd.Flags().BoolVar(&force, "force", false, "renew even right after a renewal, and while asked to wait")
	cmd.Flags().DurationVar(&timeout, "timeout", 60*time.Second, "how long to wait")
	return cmd
}

// chosen are the accounts to renew: all of them, or the one that is named.
func chosen(accounts *core.Core, args []string, all bool) ([]core.Account, error) {
	snapshot := accounts.Snapshot()
	if all && snapshot.Err == nil && len(snapshot.Accounts) > 0 {
		return snapshot.Accounts, nil
	}
	one, err := accounts.SelectOne(strings.Join(args, ""))
	return []core.Account{one}, err
}

// refreshJSON is one line of `refresh --json`.
type refreshJSON struct {
	Account format.Account `json:"account"`
	Rotated bool           `json:"rotated"`
	Note    string         `json:"note,omitempty"`
}

func (a *app) refreshAll(ctx context.Context, accounts *core.Core, chosen []core.Account, force bool) error {
	var failures []error
	for _, account := range chosen {
		result, err := accounts.Refresh(ctx, account.ID, core.RefreshOptions{Force: force})
		now := a.Clock.Now()
		switch {
		case err != nil && len(chosen) == 1:
			return err
		case err != nil:
			a.Fail(err)
			failures = append(failures, err)
		case a.JSON:
			_ = a.WriteJSON(refreshJSON{format.AccountJSON(result.Account, now), result.Rotated, result.Note})
		case result.Note != "":
			a.Line("%s: %s%s", account.Label, result.Note, forceHint(account))
		default:
			a.Line("%s: renewed, expires %s", account.Label, format.Expiry(result.Account.ExpiresAt, now))
		}
	}
	if len(failures) > 0 {
		if ctx.Err() != nil {
			return errors.Join(failures...)
		}
		return exit.Silent(exit.Failed)
	}
	return nil
}

// forceHint is what renews a current token all the same; nothing renews a key.
func forceHint(account core.Account) string {
	if account.IsKey() {
		return ""
	}
	return "; `--force` renews all the same"
}
