// Package say writes times, counts and sentences as a person reads them: "2d 3h",
// "3m ago", "1,284", an error's words with a capital first and a period last.
package say

import (
	"fmt"
	"time"
)

// Span writes a length of time in two units: "2d 3h", "3h 12m", "12m 04s",
// "48s". Seconds are only shown under an hour.
func Span(d time.Duration) string {
	s := int64(max(d, 0) / time.Second)
	switch {
	case s >= 24*3600:
		return fmt.Sprintf("%dd %dh", s/86400, s%86400/3600)
	case s >= 3600:
		return fmt.Sprintf("%dh %02dm", s/3600, s%3600/60)
	case s >= 60:
		return fmt.Sprintf("%dm %02ds", s/60, s%60)
	default:
		return fmt.Sprintf("%ds", s)
	}
}

// Rough writes a length of time in its largest unit: "15m", "2d".
func Rough(d time.Duration) string {
	switch {
	case d >= 24*time.Hour:
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	case d >= time.Hour:
		return fmt.Sprintf("%dh", d/time.Hour)
	case d >= time.Minute:
		return fmt.Sprintf("%dm", d/time.Minute)
	default:
		return fmt.Sprintf("%ds", max(d, 0)/time.Second)
	}
}

// Until is the time from now to t in whole seconds of the wall clock, so that
// every countdown on the screen steps at the same moment.
func Until(t, now time.Time) time.Duration {
	return t.Truncate(time.Second).Sub(now.Truncate(time.Second))
}

// Ago says how long t has passed: "just now", "3m ago", "never".
func Ago(t, now time.Time) string {
	switch d := Until(now, t); {
	case t.IsZero():
		return "never"
	case d < time.Minute:
		return "just now"
	default:
		return Rough(d) + " ago"
	}
}

// TimeOfDay writes a time of the day as a person would say it at now: "14:13",
// "tomorrow 14:13", "3 Nov 14:13". With seconds it is "14:13:18".
func TimeOfDay(t, now time.Time, loc *time.Location, seconds bool) string {
	layout := "15:04"
	if seconds {
		layout = "15:04:05"
	}
	t, now = t.In(loc), now.In(loc)
	return DayOf(t, now) + t.Format(layout)
}

// DayOf names t's day with a space after it, nothing when it is today.
func DayOf(t, now time.Time) string {
	midnight := func(t time.Time) time.Time {
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
	}
	switch days := midnight(t).Sub(midnight(now)) / (24 * time.Hour); {
	case days == 0:
		return ""
	case days == 1:
		return "tomorrow "
	case days == -1:
		return "yesterday "
	case t.Year() == now.Year():
		return t.Format("2 Jan ")
	default:
		return t.Format("2 Jan 2006 ")
	}
}

// Day writes a date: "today", "3 Nov", "3 Nov 2025".
func Day(t, now time.Time, loc *time.Location) string {
	t, now = t.In(loc), now.In(loc)
	switch {
	case t.Year() != now.Year():
		return t.Format("2 Jan 2006")
	case t.YearDay() == now.YearDay():
		return "today"
	default:
		return t.Format("2 Jan")
	}
}

// Plural writes a count with its noun: "1 account", "2 accounts".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(uint64(n)) + " " + many
}

// Thousands writes a count with commas: "1,284".
func Thousands(n uint64) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", Thousands(n/1000), n%1000)
}
