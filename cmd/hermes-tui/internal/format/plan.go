package format

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core"
)

// Plan says what is left of an account's plan, as far as it was told: its tightest
// window, "used 62 % of 5h, resets in 41m 09s". It is empty where nothing is known.
func Plan(a core.Account, now time.Time) string {
	if a.Plan == nil {
		return ""
	}
	b, ok := a.Plan.Reading.Brief(now)
	if !ok {
		return ""
	}
	text := b.Words()
	if b.Window != nil && !b.Window.Resets.IsZero() {
		text += ", resets " + Expiry(b.Window.Resets, now)
	}
	if b.Old {
		text += ", told " + Since(b.Told, now)
	}
	return text
}

// PlanJSON is the tightest window of an account's plan in --json output; `usage
// --known --json` has all.
type PlanJSON struct {
	Window      string     `json:"window"`
	UsedPercent float64    `json:"used_percent"`
	ResetsAt    *time.Time `json:"resets_at"`
	ToldAt      *time.Time `json:"told_at"`
}

func planJSON(a core.Account, now time.Time) *PlanJSON {
	if a.Plan == nil {
		return nil
	}
	w, ok := a.Plan.Reading.Tightest(now)
	if !ok {
		return nil
	}
	return &PlanJSON{w.Name, *w.Used, Instant(w.Resets), Instant(w.Told)}
}
