package importing

import (
	"strconv"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	"github.com/hermes-tui/hermes-tui/tui/cells"
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
		o.Line("No accounts were found there.")
		return nil
	}
	t := table.New(table.Column{Name: "#", Right: true}, table.Label(), table.Column{Name: "PROVIDER"}, table.Column{Name: "WHERE", Least: 12, Rank: 1}, table.Column{Name: "WHAT HAPPENS"})
	for _, r := range p.Rows {
		where := strings.Replace(r.Where, "."+r.Provider, "", 1) // which has a column of its own
		if r.Profile != "" {
			where = r.Profile + ": " + where
		}
		t.Add(table.Text(strconv.Itoa(r.Number)), table.Text(r.Label), table.Text(r.ProviderName), table.Text(where), table.Text(r.Words()))
	}
	if !o.Piped() {
		o.Line("")
	}
	if look := o.Look(); !t.Whole(4, look) {
		return o.printNarrow(t, look)
	}
	return o.Table(t)
}

// printNarrow leaves out where a row stands, and says what happens to it below it:
// nobody is asked about a sentence that was cut.
func (o *Options) printNarrow(t *table.Table, look table.Look) error {
	for _, row := range t.Rows {
		head := table.New(t.Columns[:3]...)
		head.Add(row[:3]...)
		if err := o.Draw(head.Body(look)); err != nil {
			return err
		}
		for _, line := range cells.Wrap(row[4].Text, max(look.Columns-4, 16)) {
			o.Line("    %s", line)
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
