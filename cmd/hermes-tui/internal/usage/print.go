package usage

import (
	"fmt"
	"math"
	"strconv"
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
			add(b.Name, left(b), "-", told)
		}
		if len(rows) == before {
			add("-", p.untold(now), "-", "-")
		}
	}
	return rows
}

func share(w usage.Window) string {
	if w.Used == nil {
		return "not told"
	}
	text := percent(*w.Used)
	if w.Count != nil && w.Limit != nil {
		text += fmt.Sprintf(" (%s of %s)", number(*w.Count), number(*w.Limit))
	}
	return text
}

// percent says no more than is known: nearly all is not all.
func percent(n float64) string {
	whole := math.Round(n)
	if whole == 100 && n < 100 {
		whole = 99
	}
	return strconv.FormatFloat(whole, 'f', 0, 64) + " %"
}

func number(n float64) string {
	if n == math.Trunc(n) {
		return strconv.FormatFloat(n, 'f', 0, 64)
	}
	return strconv.FormatFloat(n, 'f', 2, 64)
}

func left(b usage.Balance) string {
	switch {
	case b.Unlimited:
		return "unlimited"
	case b.Currency == "USD":
		return "$" + strconv.FormatFloat(b.Amount, 'f', 2, 64) + " left"
	case b.Currency != "":
		return number(b.Amount) + " " + b.Currency + " left"
	default:
		return number(b.Amount) + " left"
	}
}
