package usage

import (
	"strings"
	"time"
)

// atKimi is beside the models.
func atKimi(base string) []Endpoint {
	return []Endpoint{{URL: strings.TrimRight(base, "/") + "/usages", Parse: Kimi}}
}

// Kimi reads what Kimi Code tells at /coding/v1/usages, as kimi-cli reads it
// (src/kimi_cli/ui/shell/usage.py): the week in "usage", and further windows with
// their lengths in "limits". Numbers may be strings, and what remains may stand in the
// place of what is used.
func Kimi(body []byte, now time.Time) (Reading, error) {
	f, ok := read(body)
	if !ok {
		return Reading{}, ErrNotTold
	}
	r := Reading{At: now, Source: FromEndpoint}
	r.Windows = kimiWindow(f.in("usage"), 7*24*time.Hour, now)
	for _, limit := range f.list("limits") {
		detail := limit.in("detail")
		if detail == nil {
			detail = limit
		}
		r.Windows = append(r.Windows, kimiWindow(detail, kimiLength(limit.in("window")), now)...)
	}
	if r.Empty() {
		return Reading{}, ErrNotTold
	}
	return r, nil
}

func kimiWindow(f fields, length time.Duration, now time.Time) []Window {
	limit, limited := f.number("limit")
	used, told := f.number("used")
	if left, ok := f.number("remaining"); !told && ok {
		used, told = limit-left, true
	}
	if !limited || !told || length <= 0 || share(used, limit) == nil {
		return nil
	}
	w := Window{Name: nameOf(length), Length: length, Used: share(used, limit), Count: &used, Limit: &limit, Told: now}
	for _, name := range []string{"resetTime", "resetAt", "reset_time", "reset_at"} {
		if at := f.moment(name); !at.IsZero() {
			w.Resets = at
			break
		}
	}
	return []Window{w}
}

// kimiLength is how long a window is; zero where its unit is not known.
func kimiLength(f fields) time.Duration {
	n, ok := f.number("duration")
	if !ok || n <= 0 || n > 1e6 {
		return 0
	}
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"SECOND", time.Second}, {"MINUTE", time.Minute}, {"HOUR", time.Hour}, {"DAY", 24 * time.Hour}} {
		if strings.Contains(f.text("timeUnit"), unit.name) {
			return min(time.Duration(n*float64(unit.length)), LongestWindow)
		}
	}
	return 0
}
