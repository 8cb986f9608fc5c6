package account

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/arg"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// entryJSON is one line of `log --json`. Fields are only ever added.
type entryJSON struct {
	Account string `json:"account"`
	Label   string `json:"label"`
	record.Event
	Served *servedJSON `json:"served,omitempty"` // of the event served
}

// LogOptions are what log was asked for.
type LogOptions struct {
	*session.Session
	Account string // empty: all
	Lines   int    // 0: all

	screen int // lines on it, of which none may go; 0: they may
}

// LogCommand is `log`.
func LogCommand(s *session.Session) *cobra.Command {
	o := &LogOptions{Session: s}
	cmd := &cobra.Command{
		Use: "log [ACCOUNT]", Short: "Show an account's history", Args: arg.AtMost(1), ValidArgsFunction: arg.Account(s),
		Long: "Show what happened to an account, or to all of them: sign-ins, refreshes, failures,\n" +
			"why it was signed out, and what each program used of it through the proxy, an hour a\n" +
			"line, and a day a line before yesterday. Tokens of the provider are named by fingerprints. No secret is opened.\n\n" +
			"The history of a removed account is shown for 30 days by its id.",
		Example: "  hermes-tui log work\n  hermes-tui log --jq '.[] | select(.event == \"quarantined\")'",
	}
	s.AsData(cmd)
	watch := s.AsWatch(cmd)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if o.Account = strings.Join(args, ""); *watch {
			return o.watch(cmd.Context())
		}
		return o.Run()
	}
	cmd.Flags().IntVarP(&o.Lines, "lines", "n", 0, "only the last `N` events (0: all there are)")
	return cmd
}

// Run prints the history.
func (o *LogOptions) Run() error {
	all, err := o.events()
	switch {
	case err != nil:
		return err
	case o.JSON:
		rows := historyJSON(all)
		return o.WriteData(rows, rows)
	default:
		return o.print(all)
	}
}

// events are what happened, as many as are wanted.
func (o *LogOptions) events() ([]happened, error) {
	accounts, err := o.Open(session.Options{Looks: true})
	if err != nil {
		return nil, err
	}
	history, err := accounts.HistoryOf(o.Account)
	if err != nil {
		return nil, err
	}
	used, err := accounts.TallyOf(o.Account, time.Time{})
	if err != nil {
		return nil, err
	}
	all := withServed(history, used, accounts.Snapshot(), o.Clock.Now())
	if o.Lines > 0 {
		all = all[max(0, len(all)-o.Lines):]
	}
	return all, nil
}

func historyJSON(all []happened) []entryJSON {
	out := make([]entryJSON, 0, len(all))
	for _, h := range all {
		out = append(out, entryJSON{h.Account, h.Label, h.Event, h.served})
	}
	return out
}

// print writes one line for each event, oldest first.
func (o *LogOptions) print(all []happened) error {
	if len(all) == 0 {
		o.Empty("Nothing has happened here yet.")
		return nil
	}
	t := logTable(all)
	for o.screen > 0 && len(t.Rows) > 1 && strings.Count(t.Lines(o.Look()), "\n") > o.screen {
		t.Rows = t.Rows[1:]
	}
	return o.Table(t)
}

// logTable has a row for each event. Why an account was signed out is what it is read for:
// the details are never cut.
func logTable(all []happened) *table.Table {
	t := table.New(table.Column{Name: "ACCOUNT", Least: 10}, table.Column{Name: "TIME", Rank: 1}, table.Column{Name: "EVENT"},
		table.Column{Name: "BY", Least: 16, Rank: 3}, table.Column{Name: "DETAILS", Least: 24, Rank: 2, Wraps: 34}, table.ID())
	for _, h := range all {
		t.Add(table.Text(cmp.Or(h.Label, h.Account)), table.Text(h.At.Local().Format(time.DateTime)), table.Text(h.Words()),
			table.Text(h.by()), table.Text(h.details()), table.Muted(h.Account))
	}
	return t
}

// by names the process that did it.
func by(e record.Event) string {
	if e.Program == "" {
		return fmt.Sprintf("pid %d", e.PID)
	}
	return fmt.Sprintf("%s (%d)", e.Program, e.PID)
}

// details is what else is known of an event, with its times.
func details(e record.Event) string {
	parts := []string{e.Detail()}
	if !e.Expires.IsZero() {
		parts = append(parts, "good until "+e.Expires.Local().Format(time.TimeOnly))
	}
	switch {
	case e.Until.IsZero():
	case e.Kind == record.EventPaused:
		parts = append(parts, "until "+e.Until.Local().Format(time.DateTime))
	default:
		parts = append(parts, "not asked before "+e.Until.Local().Format(time.TimeOnly))
	}
	return strings.TrimPrefix(strings.Join(parts, " · "), " · ")
}
