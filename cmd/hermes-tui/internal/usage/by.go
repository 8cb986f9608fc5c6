package usage

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/exit"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clientkey"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/internal/order"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// groupings are what counts can be summed up by.
var groupings = []string{"account", "program", "model", "day", "host"}

// thisMachine is the host where there is no fleet.
const thisMachine = "this machine"

// group is one line: what was counted of an account, program, model, day or host.
type group = tally.Group[string]

// runBy shows who has used what.
func (o *Options) runBy(ctx context.Context) error {
	since, span, err := o.from()
	if err != nil {
		return err
	}
	accounts, err := o.Open(session.Options{Looks: true})
	if err != nil {
		return err
	}
	accounts.LookAtUse(ctx)
	rows, err := accounts.TallyOf(o.name, since)
	if err != nil {
		return err
	}
	groups := o.groups(rows)
	if o.JSON {
		rows := groupsJSON(o.by, groups, accounts.Snapshot())
		return o.WriteData(rows, rows)
	}
	if len(groups) == 0 {
		of := ""
		if o.name != "" {
			of = " of " + o.name
		}
		o.Empty(fmt.Sprintf("Nothing was counted%s in the last %s. What goes through `hermes-tui serve` and `exec` is counted, and the tokens that programs are given.", of, span))
		return nil
	}
	if err := o.Table(byTable(o.by, groups, accounts.Snapshot(), o.Piped())); err != nil {
		return err
	}
	all := tally.Sum(rows)
	if n := all.Unknown; n > 0 {
		o.Advice(fmt.Sprintf("Of %s the provider did not tell the tokens, or not to the end.", format.Plural(int(n), "request", "requests")))
	}
	if n := all.Waited; n > 0 {
		o.Advice(fmt.Sprintf("%s waited for a turn or a token, %s in all.", format.Plural(int(n), "request", "requests"), format.Span(all.WaitedFor())))
	}
	return nil
}

// from is the time from which on it is counted, and how long ago that is in words.
func (o *Options) from() (since time.Time, span string, err error) {
	if !slices.Contains(groupings, o.by) {
		return since, "", exit.Usage(fmt.Sprintf("counts are not summed up by %q", o.by), "give --by account, program, model, day or host")
	}
	if span = o.since; span == "" {
		if span = "24h"; o.by == "day" {
			span = "7d"
		}
	}
	ago, err := clientkey.ParseLife(span)
	if err != nil || ago > tally.Keep {
		return since, "", exit.Usage(fmt.Sprintf("--since %q is not a time within the last 31 days", span), "give one such as 90m, 24h or 7d")
	}
	return o.Clock.Now().Add(-ago), span, nil
}

// groups sums the rows up. Days come in their order, all others by their use.
func (o *Options) groups(rows []tally.Row) []group {
	groups := tally.Groups(rows, func(r tally.Row) string {
		switch o.by {
		case "account":
			return r.Account
		case "program":
			return r.Program
		case "model":
			return r.Model
		case "host":
			return cmp.Or(r.Host, thisMachine)
		default:
			return r.Day(time.Local).Format(time.DateOnly)
		}
	})
	if o.by == "day" {
		order.By(groups, func(a, b group) int { return strings.Compare(a.Of, b.Of) })
	}
	return groups
}

// byTable has a line for each group. A program gets the exact numbers.
func byTable(by string, groups []group, have core.Snapshot, piped bool) *table.Table {
	count := func(n uint64) table.Cell {
		if piped {
			return table.Text(strconv.FormatUint(n, 10))
		}
		return table.Text(say.Amount(n))
	}
	number := func(name string, rank int) table.Column { return table.Column{Name: name, Right: true, Rank: rank} }
	t := table.New(table.Column{Name: strings.ToUpper(by), Least: 10}, number("REQUESTS", 0), number("REFUSED", 1), number("IN", 0), number("CACHED", 2), number("OUT", 0))
	given := piped || slices.ContainsFunc(groups, func(g group) bool { return g.Handed > 0 })
	if given {
		t.Columns = append(t.Columns, number("GIVEN", 2))
	}
	if by == "account" {
		t.Columns = append(t.Columns, table.ID())
	}
	for _, g := range groups {
		name := g.Of
		if account, ok := have.Find(g.Of); ok && by == "account" {
			name = account.Label
		}
		row := []table.Cell{
			table.Text(cmp.Or(name, "not known")), count(g.Requests), count(g.Refused), count(g.In()), count(g.CacheRead), count(g.Output),
		}
		if given {
			row = append(row, count(g.Handed))
		}
		if by == "account" {
			row = append(row, table.Muted(g.Of))
		}
		t.Add(row...)
	}
	return t
}

// groupJSON is one group of `usage --by --json`. Fields are only ever added.
type groupJSON struct {
	ID      *string `json:"id,omitempty"`    // of the account
	Label   *string `json:"label,omitempty"` // empty: it was removed
	Program *string `json:"program,omitempty"`
	Model   *string `json:"model,omitempty"`
	Host    *string `json:"host,omitempty"`
	Day     *string `json:"day,omitempty"` // in the time zone of this machine
	tally.Counts
	Tokens uint64 `json:"tokens"` // read and written
}

func groupsJSON(by string, groups []group, have core.Snapshot) []groupJSON {
	out := make([]groupJSON, 0, len(groups))
	for _, g := range groups {
		one := groupJSON{Counts: g.Counts, Tokens: g.Tokens()}
		switch by {
		case "account":
			account, _ := have.Find(g.Of)
			one.ID, one.Label = &g.Of, &account.Label
		case "program":
			one.Program = &g.Of
		case "model":
			one.Model = &g.Of
		case "host":
			one.Host = &g.Of
		default:
			one.Day = &g.Of
		}
		out = append(out, one)
	}
	return out
}
