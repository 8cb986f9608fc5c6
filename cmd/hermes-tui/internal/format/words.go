// Package format says accounts, times and counts the same in every command: in
// words, in columns, and in JSON.
package format

import (
	"fmt"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// Span writes a duration as the window does, to the nearest second.
func Span(d time.Duration) string { return say.Span(d.Round(time.Second)) }

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
func Plural(n int, one, many string) string { return say.Plural(n, one, many) }

// Rests says when a cool-down ends: at a time that the provider named, or one at which
// the account is tried again.
func Rests(c pool.Cooldown, now time.Time) string {
	if c.Named {
		return "resets in " + Span(c.Until.Sub(now))
	}
	return "tried again in " + Span(c.Until.Sub(now))
}
