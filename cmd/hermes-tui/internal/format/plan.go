package format

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// planOld is from when on a reading is told with its age.
const planOld = 10 * time.Minute

// Plan says what is left of an account's plan, as far as it was told: its tightest
// window, "used 62 % of 5h, resets in 41m 09s". It is empty where nothing is known.
func Plan(a core.Account, now time.Time) string {
	if a.Plan == nil {
		return ""
	}
	r, text, told := a.Plan.Reading, "", a.Plan.Reading.At
	w, ok := r.Tightest(now)
	switch {
	case r.Blocked != "":
		return "used up (" + r.Blocked + ")"
	case ok:
		text, told = "used "+usage.Percent(*w.Used)+" of "+w.Name, w.Told
		if !w.Resets.IsZero() {
			text += ", resets " + Expiry(w.Resets, now)
		}
	case len(r.Balances) > 0:
		text = r.Balances[0].Words()
	default:
		return ""
	}
	if now.Sub(told) >= planOld {
		text += ", told " + Since(told, now)
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
