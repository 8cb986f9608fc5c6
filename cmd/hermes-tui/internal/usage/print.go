package usage

import (
	"fmt"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// planTable has a line for each window and balance. For people the account stands
// in its first line only.
func planTable(plans []plan, now time.Time, piped bool) *table.Table {
	t := table.New(table.Label(), table.Column{Name: "PROVIDER", Least: 8, Rank: 2}, table.Column{Name: "WINDOW", Least: 6},
		table.Column{Name: "USED", Least: 12}, table.Column{Name: "RESETS", Rank: 1}, table.Column{Name: "TOLD", Rank: 3}, table.ID())
	for _, p := range plans {
		first := true
		add := func(cells ...string) {
			row := []table.Cell{{}, {}}
			id := table.Cell{}
			if first || piped {
				row, id, first = []table.Cell{table.Text(p.account.Label), table.Text(p.account.ProviderName)}, table.Muted(p.account.ID), false
			}
			for _, c := range cells {
				row = append(row, table.Text(c))
			}
			t.Add(append(row, id)...)
		}
		r := p.known.Reading
		told := format.Since(r.At, now)
		if r.Blocked != "" {
			add("plan", r.Blocked, "-", told)
		}
		for _, w := range r.Windows {
			used := share(w)
			if at, ok := p.known.Runway(w, now); ok {
				used += ", empty about " + format.Expiry(at, now)
			}
			add(w.Title(), used, format.Expiry(w.Resets, now), format.Since(w.Told, now))
		}
		for _, b := range r.Balances {
			add(b.Name, b.Words(), "-", told)
		}
		if words := r.BankedWords(); words != "" {
			add("resets", words, "-", told)
		}
		if first {
			add("-", p.untold(now), "-", "-")
			for _, c := range p.counted {
				add(c.Window, c.words(), "-", "-")
			}
		}
	}
	return t
}

func share(w usage.Window) string {
	if w.Used == nil {
		return "not told"
	}
	text := usage.Percent(*w.Used)
	if w.Count != nil && w.Limit != nil {
		text += fmt.Sprintf(" (%s of %s)", usage.Number(*w.Count), usage.Number(*w.Limit))
	}
	return text
}
