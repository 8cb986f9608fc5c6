package usage

import (
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/format"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// planJSON is one account of `usage --json`. What is not told is null or absent.
type planJSON struct {
	ID       string          `json:"id"`
	Label    string          `json:"label"`
	Provider string          `json:"provider"`
	Region   string          `json:"region"`
	Plan     string          `json:"plan,omitempty"`
	Told     bool            `json:"told"`
	ToldAt   *time.Time      `json:"told_at"`
	Source   string          `json:"source,omitempty"`
	Host     string          `json:"host,omitempty"` // another one of the fleet, which was told
	Blocked  string          `json:"blocked,omitempty"`
	Windows  []windowJSON    `json:"windows"`
	Balance  []usage.Balance `json:"balance"`
	Banked   *int            `json:"banked_resets"` // null where nobody told
	Error    string          `json:"error,omitempty"`
	Counted  []countedJSON   `json:"counted"` // null where the provider tells, and where nothing was counted
}

type windowJSON struct {
	Name        string     `json:"name"`
	Scope       *string    `json:"scope"`
	Seconds     *int64     `json:"length_seconds"`
	UsedPercent *float64   `json:"used_percent"`
	Used        *float64   `json:"used"`
	Limit       *float64   `json:"limit"`
	Unit        string     `json:"unit,omitempty"`
	ResetsAt    *time.Time `json:"resets_at"`
	ResetsIn    *int64     `json:"resets_in"` // seconds
	EmptyAt     *time.Time `json:"empty_at"`  // at the pace of the last hour
	ToldAt      *time.Time `json:"told_at"`
}

func plansJSON(plans []plan, now time.Time) []planJSON {
	all := make([]planJSON, 0, len(plans))
	for _, p := range plans {
		r := p.known.Reading
		out := planJSON{
			ID: p.account.ID, Label: p.account.Label, Provider: p.account.Provider, Region: p.account.Region,
			Plan: r.Plan, Told: !r.Empty(), ToldAt: format.Instant(r.At), Source: string(r.Source), Host: p.known.From, Blocked: r.Blocked,
			Windows: []windowJSON{}, Balance: r.Balances, Banked: r.Banked, Counted: p.counted,
		}
		if out.Balance == nil {
			out.Balance = []usage.Balance{}
		}
		if p.err != nil {
			out.Error = p.untold(now)
		}
		for _, w := range r.Windows {
			out.Windows = append(out.Windows, windowOf(p.known, w, now))
		}
		all = append(all, out)
	}
	return all
}

func windowOf(k usage.Known, w usage.Window, now time.Time) windowJSON {
	out := windowJSON{
		Name: w.Name, UsedPercent: w.Used, Used: w.Count, Limit: w.Limit, Unit: w.Unit,
		ResetsAt: format.Instant(w.Resets), ToldAt: format.Instant(w.Told),
	}
	if w.Scope != "" {
		out.Scope = &w.Scope
	}
	if w.Length > 0 {
		seconds := int64(w.Length / time.Second)
		out.Seconds = &seconds
	}
	if !w.Resets.IsZero() {
		seconds := int64(w.Resets.Sub(now) / time.Second)
		out.ResetsIn = &seconds
	}
	if at, ok := k.Runway(w, now); ok {
		out.EmptyAt = format.Instant(at)
	}
	return out
}
