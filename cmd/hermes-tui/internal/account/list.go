package account

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core"
)

// ListCommand is `list`.
func ListCommand(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "List the accounts", Aliases: []string{"ls"}, Args: arg.Exactly(0),
		Long: "List the accounts in pool order. No secret is opened, so no keyring asks anything.",
		RunE: func(*cobra.Command, []string) error { return List(s) },
	}
	s.AsJSON(cmd)
	return cmd
}

// List prints the accounts, and what to do next.
func List(s *session.Session) error {
	accounts, err := s.Open(session.Options{Looks: true})
	if err != nil {
		return err
	}
	snapshot := accounts.Snapshot()
	switch {
	case snapshot.Err != nil:
		return snapshot.Err
	case s.JSON:
		return s.WriteJSON(format.AccountsJSON(snapshot.Accounts, s.Clock.Now()))
	}
	return printList(s, snapshot)
}

// printList writes a table for people, and what to do next.
func printList(s *session.Session, have core.Snapshot) error {
	if have.Notice != "" {
		s.Note("%s", have.Notice)
	}
	if len(have.Accounts) == 0 {
		s.Line("No accounts yet. Sign in with `hermes-tui login`.")
		return nil
	}
	now := s.Clock.Now()
	rows := [][]string{{"ID", "ACCOUNT", "PROVIDER", "STATE", "EXPIRES", "USED"}}
	plans := slices.ContainsFunc(have.Accounts, func(a core.Account) bool { return format.Plan(a, now) != "" })
	if plans {
		rows[0] = append(rows[0], "PLAN")
	}
	for _, account := range have.Accounts {
		ends := format.Expiry(account.ExpiresAt, now)
		switch {
		case account.Quarantined():
			ends = "-"
		case account.IsKey():
			ends = "never"
		}
		row := []string{
			account.ID, name(have, account), account.ProviderName,
			account.State(now).Words(), ends, format.Since(account.LastUsedAt, now),
		}
		if plans {
			row = append(row, cmp.Or(format.Plan(account, now), "-"))
		}
		rows = append(rows, row)
	}
	if err := s.Table(rows); err != nil {
		return err
	}
	if next := next(have, now); len(next) > 0 {
		s.Line("\n%s", strings.Join(next, "\n"))
	}
	return nil
}

// name is what an account is called in the list: the default is named as such.
func name(have core.Snapshot, account core.Account) string {
	name := ansi.Truncate(account.Label, 32, "…")
	if have.IsDefault(account) {
		name += " (default)"
	}
	return name
}

// next names the command that cures what needs it, and what soon will.
func next(have core.Snapshot, now time.Time) (next []string) {
	for _, account := range have.Accounts {
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
	return next
}
