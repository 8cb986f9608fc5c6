package proxy

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/internal/exposition"
)

// plansUsed is how much is used of each window that was told and still runs.
func plansUsed(known map[string]usage.Known, now time.Time) *exposition.Gauge {
	g := exposition.NewGauge("hermes_tui_usage_ratio", "How much of a window of the account's plan is used, from 0 to 1, as the provider told last.", "account", "window")
	for id, k := range known {
		for _, w := range k.Reading.Now(now).Windows {
			if w.Used != nil {
				g.Set(*w.Used/100, id, w.Title())
			}
		}
	}
	return g
}
