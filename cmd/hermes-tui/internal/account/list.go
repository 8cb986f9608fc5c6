package account

import (
	"cmp"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/core"
)

// ListCommand is `list`.
func ListCommand(s *session.Session) *cobra.Command {
	cmd := &cobra.Command{
		Use: "list", Short: "List the accounts", Aliases: []string{"ls"}, Args: arg.Exactly(0),
		Long:    "List the accounts in pool order. No secret is opened, so no keyring asks anything.",
		Example: "  hermes-tui list\n  hermes-tui list --format '{label}\\t{state|words}\\t{expires_at|ago}'\n  hermes-tui list --jq '.[] | select(.needs_sign_in) | .id'",
	}
	s.AsData(cmd)
	watch := s.AsWatch(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if *watch {
			return watchList(cmd.Context(), s)
		}
		return List(s)
	}
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
		rows := format.AccountsJSON(snapshot.Accounts, s.Clock.Now())
		return s.WriteData(rows, rows)
	}
	return printList(s, snapshot)
}

// printList writes a table for people, and what to do next.
func printList(s *session.Session, have core.Snapshot) error {
	if have.Notice != "" {
		s.Note("%s", have.Notice)
	}
	if len(have.Accounts) == 0 {
		s.Empty("No accounts yet. Sign in with `hermes-tui login`.")
		return nil
	}
	now := s.Clock.Now()
	if err := s.Table(listTable(have, now, s.Piped())); err != nil {
		return err
	}
	s.Advice(next(have, now)...)
	return nil
}

// listTable has a row for each account. A program always finds the same columns.
func listTable(have core.Snapshot, now time.Time, piped bool) *table.Table {
	t := table.New(table.Label(), table.Column{Name: "PROVIDER", Least: 8, Rank: 1}, table.Column{Name: "STATE"}, table.Column{Name: "EXPIRES"}, table.Column{Name: "USED", Rank: 3})
	plans := piped || slices.ContainsFunc(have.Accounts, func(a core.Account) bool { return format.Plan(a, now) != "" })
	if plans {
		t.Columns = append(t.Columns, table.Column{Name: "PLAN", Least: 22, Rank: 2})
	}
	if piped {
		t.Columns = append(t.Columns, table.Column{Name: "DEFAULT"})
	}
	t.Columns = append(t.Columns, table.ID())
	for _, a := range have.Accounts {
		state, label, chosen := a.State(now), table.Text(a.Label), have.IsDefault(a)
		if chosen && !piped {
			label.Tail = " (default)"
		}
		row := []table.Cell{label, table.Text(a.ProviderName), table.State(state, state.Words()), table.Text(ends(a, now)), table.Text(format.Since(a.LastUsedAt, now))}
		if plans {
			row = append(row, table.Text(cmp.Or(format.Plan(a, now), "-")))
		}
		if piped {
			row = append(row, table.Text(map[bool]string{true: "default", false: "-"}[chosen]))
		}
		t.Add(append(row, table.Muted(a.ID))...)
	}
	return t
}

// ends says when an account's token ends.
func ends(a core.Account, now time.Time) string {
	switch {
	case a.Quarantined():
		return "-"
	case a.IsKey():
		return "never"
	default:
		return format.Expiry(a.ExpiresAt, now)
	}
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
