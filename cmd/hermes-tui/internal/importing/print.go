package importing

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/hermes"
)

// printPlan shows what happens to each row.
func (o *Options) printPlan(p *core.ImportPlan, sources []hermes.Source) error {
	for _, s := range sources {
		o.Line("%s", s.Path)
	}
	if len(p.Orphans) > 0 {
		o.Line("Shared, and no longer in there: %s", format.Labels(p.Orphans))
	}
	if len(p.Rows) == 0 {
		o.Line("No account is in there.")
		return nil
	}
	rows := [][]string{{"#", "WHERE", "PROVIDER", "ACCOUNT", "WHAT HAPPENS"}}
	for _, r := range p.Rows {
		where := strings.Replace(r.Where, "."+r.Provider, "", 1) // which has a column of its own
		if r.Profile != "" {
			where = r.Profile + ": " + where
		}
		rows = append(rows, []string{
			fmt.Sprint(r.Number), ansi.Truncate(where, 44, "…"), r.ProviderName, ansi.Truncate(r.Label, 32, "…"), r.Words(),
		})
	}
	o.Line("")
	fitting, ok := format.Wrap(rows, o.Columns())
	if !ok {
		return o.printNarrow(rows)
	}
	return o.Table(fitting)
}

// printNarrow leaves out where a row stands, and says what happens to it below
// it.
func (o *Options) printNarrow(rows [][]string) error {
	for _, row := range rows[1:] {
		name := strings.TrimSpace(row[2] + "  " + row[3])
		o.Line("%2s  %s", row[0], ansi.Truncate(name, max(o.Columns()-4, format.LeastText), "…"))
		for text := range strings.SplitSeq(ansi.Wrap(row[4], max(o.Columns()-4, format.LeastText), ""), "\n") {
			o.Line("    %s", strings.TrimSpace(text))
		}
	}
	return nil
}

// printDone says what was done, and what can be done next.
func (o *Options) printDone(res core.ImportResult) {
	if len(res.Imported) > 0 {
		o.Line("Imported: %s", format.Labels(res.Imported))
	}
	if len(res.Adopted) > 0 {
		o.Line("Refreshed here from now on: %s", format.Labels(res.Adopted))
	}
	if res.Removed > 0 {
		o.Line("Deleted %s from hermes-agent's files. Sealed backup: %s", format.Plural(res.Removed, "row", "rows"), strings.Join(res.Backups, ", "))
	}
	if len(res.Left) > 0 {
		o.Line("Still shared, because their sign-in changed meanwhile: %s", format.Labels(res.Left))
	}
	now, shared, others := o.Clock.Now(), false, false
	for _, account := range res.Imported {
		shared = shared || account.Shared()
		others = others || account.Shared() && account.Owner != hermes.AuthJSON.Owner()
		if trouble := account.Trouble(account.Label, now); trouble != nil {
			o.Line("%s; %s", trouble.Message, trouble.Hint)
		}
	}
	switch {
	case !shared || o.Adopt || o.Remove:
	case others:
		o.Line("What was signed in is shared: its owner refreshes it. The same command with --adopt takes it over.")
	default:
		o.Line("What was signed in is shared: hermes-agent refreshes it. `hermes-tui import --remove` takes it over.")
	}
}
