package account

import (
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// lastDay says what was used of an account in 24 hours, and by which programs;
// empty where nothing was counted.
func lastDay(accounts *core.Core, id string, now time.Time) string {
	rows, err := accounts.TallyOf(id, now.Add(-24*time.Hour))
	if err != nil || len(rows) == 0 {
		return ""
	}
	n := tally.Sum(rows)
	words := say.Uses(n.Requests, n.Handed, say.Thousands)
	if n.Tokens() > 0 {
		words += ", " + say.Amount(n.In()) + " tokens in, " + say.Amount(n.Output) + " out"
	}
	if n.Waited > 0 {
		words += ", " + say.Thousands(n.Waited) + " waited " + format.Span(n.WaitedFor())
	}
	if n.Refused > 0 {
		words += ", " + say.Thousands(n.Refused) + " refused"
	}
	var by []string
	for _, g := range tally.Groups(rows, func(r tally.Row) string { return r.Program }) {
		name := g.Of
		if name == "" {
			name = "not known"
		}
		by = append(by, name+" "+say.Amount(g.Requests+g.Handed))
	}
	return words + "; " + strings.Join(by, ", ")
}
