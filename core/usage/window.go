package usage

import (
	"fmt"
	"math"
	"time"
)

// Window is a span of time in which so much may be used.
type Window struct {
	// Name says the length ("5h", "week", "month"), or what is limited where a
	// provider names no length ("requests").
	Name   string        `json:"name"`
	Scope  string        `json:"scope,omitempty"` // model or kind of model; empty: all
	Length time.Duration `json:"length,omitempty"`
	Used   *float64      `json:"used_percent,omitempty"` // 0 to 100
	Count  *float64      `json:"used,omitempty"`
	Limit  *float64      `json:"limit,omitempty"`
	Unit   string        `json:"unit,omitempty"` // of count and limit
	Resets time.Time     `json:"resets_at,omitzero"`
	// Rate says that it limits the pace of requests, whatever the plan.
	Rate bool `json:"rate,omitempty"`
	// Told is when the provider said so.
	Told time.Time `json:"told_at"`
}

// Title is what a window is called among the others: its scope, if it has one, and
// its name.
func (w Window) Title() string {
	if w.Scope == "" || w.Scope == w.Name {
		return w.Name
	}
	return w.Scope + " " + w.Name
}

// same reports whether two readings are of one window.
func (w Window) same(other Window) bool { return w.Name == other.Name && w.Scope == other.Scope }

// over reports whether a window has begun anew since it was told.
func (w Window) over(now time.Time) bool { return !now.Before(w.ends()) }

// ends is when it begins anew at the latest.
func (w Window) ends() time.Time {
	switch {
	case !w.Resets.IsZero():
		return w.Resets
	case w.Length > 0:
		return w.Told.Add(w.Length)
	default:
		return w.Told.Add(believed) // a limit of which nobody knows how long
	}
}

// impossible reports whether a window says what none can: that is nobody's reading.
func (w Window) impossible() bool { return w.Used != nil && !(*w.Used >= 0 && *w.Used <= 100) }

// Stale reports whether a window that may still run was told so long ago that nothing
// is to be decided by it: nobody knows when it begins anew.
func (w Window) Stale(now time.Time) bool { return !now.Before(w.stales()) }

// stales is from when on it is stale.
func (w Window) stales() time.Time {
	if w.Resets.IsZero() {
		return w.Told.Add(believed)
	}
	return w.Resets
}

// nameOf is what a window of this length is called. A provider's own name is not
// used: Codex sends the weekly window as "primary" when it is the only one.
func nameOf(length time.Duration) string {
	const day = 24 * time.Hour
	near := func(d time.Duration) bool { return (length - d).Abs() <= d/20 }
	switch {
	case length <= 0:
		return ""
	case near(day):
		return "day"
	case near(7 * day):
		return "week"
	case length >= 28*day-day/2 && length <= 31*day+day/2:
		return "month"
	case near(365 * day):
		return "year"
	case length%day == 0:
		return fmt.Sprintf("%dd", length/day)
	case length >= time.Hour:
		return fmt.Sprintf("%.0fh", math.Round(length.Hours()))
	default:
		return fmt.Sprintf("%.0fm", math.Max(1, math.Round(length.Minutes())))
	}
}

// percent is a share in percent, held between nothing and all; nil where it is no
// number.
func percent(n float64) *float64 {
	if math.IsNaN(n) || math.IsInf(n, 0) {
		return nil
	}
	n = min(max(n, 0), 100)
	return &n
}

// share is what of a limit is used, in percent; nil where that cannot be said.
func share(used, limit float64) *float64 {
	if limit <= 0 || used < 0 {
		return nil
	}
	return percent(used / limit * 100)
}
