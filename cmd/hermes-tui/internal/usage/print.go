package usage

import (
	"fmt"
	"time"

	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// table has a line for each window and balance.
func table(plans []plan, now time.Time) [][]string {
	rows := [][]string{{"ACCOUNT", "PROVIDER", "WINDOW", "USED", "RESETS", "TOLD"}}
	for _, p := range plans {
		label, provider := ansi.Truncate(p.account.Label, 32, "…"), p.account.ProviderName
		before := len(rows)
		add := func(cells ...string) {
			rows = append(rows, append([]string{label, provider}, cells...))
			label, provider = "", "" // once for each account
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
		if len(rows) == before {
			add("-", p.untold(now), "-", "-")
			for _, c := range p.counted {
				add(c.Window, c.words(), "-", "-")
			}
		}
	}
	return rows
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
