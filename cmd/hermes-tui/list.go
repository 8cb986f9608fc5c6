package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/core"
)

func (a *app) listCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "List the accounts", Aliases: []string{"ls"}, Args: arg.Exactly(0),
		Long: "List the accounts in pool order. No secret is opened, so no keyring asks anything.",
		RunE: func(*cobra.Command, []string) error {
			accounts, err := a.Open(session.Options{Looks: true})
			if err != nil {
				return err
			}
			snapshot := accounts.Snapshot()
			if a.JSON {
				return a.listJSON(snapshot)
			}
			return a.printList(snapshot)
		},
	}
	a.AsJSON(cmd)
	return cmd
}

func (a *app) listJSON(s core.Snapshot) error {
	if s.Err != nil {
		return s.Err
	}
	out := make([]format.Account, 0, len(s.Accounts))
	for _, account := range s.Accounts {
		out = append(out, format.AccountJSON(account, a.Clock.Now()))
	}
	return a.WriteJSON(out)
}

// printList writes a table for people, and what to do next.
func (a *app) printList(s core.Snapshot) error {
	if s.Err != nil {
		return s.Err
	}
	if s.Notice != "" {
		fmt.Fprintln(a.Err, "hermes-tui: "+s.Notice)
	}
	if len(s.Accounts) == 0 {
		_, err := fmt.Fprintln(a.Out, "No accounts yet. Sign in with `hermes-tui login`.")
		return err
	}
	now := a.Clock.Now()
	rows := [][]string{{"ID", "ACCOUNT", "PROVIDER", "STATE", "EXPIRES", "USED"}}
	for _, account := range s.Accounts {
		ends := format.Expiry(account.ExpiresAt, now)
		switch {
		case account.Quarantined():
			ends = "-"
		case account.IsKey():
			ends = "never"
		}
		rows = append(rows, []string{
			account.ID, ansi.Truncate(account.Label, 32, "…"), account.ProviderName,
			account.State(now).Words(), ends, format.Since(account.LastUsedAt, now),
		})
	}
	if err := a.Table(rows); err != nil {
		return err
	}
	return a.printNext(s, now)
}

// printNext names the command that mends what needs mending, and what soon will.
func (a *app) printNext(s core.Snapshot, now time.Time) error {
	var next []string
	for _, account := range s.Accounts {
		trouble := account.Trouble(account.Label, now)
		switch {
		case trouble != nil:
			next = append(next, trouble.Message+"; "+trouble.Hint)
		case account.Discontinued != "":
			next = append(next, account.Label+": "+account.Discontinued)
		case account.GrantEnding(now):
			next = append(next, account.Label+": "+format.Grant(account, now))
		}
	}
	if len(next) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(a.Out, "\n%s\n", strings.Join(next, "\n"))
	return err
}
