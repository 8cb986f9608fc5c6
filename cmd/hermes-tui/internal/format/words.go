// Package format says accounts, times and counts the same in every command: in
// words, in columns, and in JSON.
package format

import (
	"fmt"
	"time"
)

// Span writes a duration as the window does: "2d 3h", "3h 12m", "12m 04s",
// "48s"; seconds only under an hour.
func Span(d time.Duration) string {
	d = d.Round(time.Second)
	switch {
	case d >= 24*time.Hour:
		return fmt.Sprintf("%dd %dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh %02dm", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%dm %02ds", d/time.Minute, d%time.Minute/time.Second)
	default:
		return fmt.Sprintf("%ds", d/time.Second)
	}
}

// Since writes how long ago something was: "just now", "3m ago", "never".
func Since(at, now time.Time) string {
	switch ago := now.Sub(at); {
	case at.IsZero():
		return "never"
	case ago < 10*time.Second:
		return "just now"
	case ago < time.Minute:
		return fmt.Sprintf("%ds ago", ago/time.Second)
	case ago < time.Hour:
		return fmt.Sprintf("%dm ago", ago/time.Minute)
	case ago < 24*time.Hour:
		return fmt.Sprintf("%dh ago", ago/time.Hour)
	default:
		return fmt.Sprintf("%dd ago", ago/(24*time.Hour))
	}
}

// Expiry writes when a token ends: "in 12m 04s", "3m ago".
func Expiry(at, now time.Time) string {
	if at.IsZero() {
		return "-"
	}
	if at.After(now) {
		return "in " + Span(at.Sub(now))
	}
	return Since(at, now)
}

// Plural writes a count with its noun.
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
