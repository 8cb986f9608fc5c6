package refusal

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	// delay is "retry after 30s" and "quotaResetDelay: 1500ms".
	delay = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(?:quotaResetDelay|retry after)[^0-9]{0,8}(\d+(?:\.\d+)?) ?(ms|s)\b`)
	})
	// span is "Resets in 4hr 5min" and "Please try again in 1m2.5s".
	span = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(?:resets?|try again|available again|retry) in ((?:\d+(?:\.\d+)? ?(?:days?|hours?|minutes?|seconds?|hrs?|mins?|secs?|ms|[dhms])\b?,? ?(?:and )?)+)`)
	})
	// spelt is "1d2h3m4.5s", all that a field says.
	spelt = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^(?:\d+(?:\.\d+)?(?:ms|[dhms]))+$`) })
	part  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)(\d+(?:\.\d+)?) ?(ms|[a-z])`) })
	// moment is "resets at 2026-05-15T15:00:00Z", also with an offset, or with a
	// space in place of the T.
	moment = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)(?:resets?|try again|available again|retry)(?: at| on| after)? (\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.\d+)? ?(Z|UTC|[+-]\d\d:?\d\d)`)
	})
	// hour is "Resets at 10:00 UTC".
	hour = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)(?:resets?|try again) at (\d\d?):(\d\d) ?UTC`) })
)

// sentenceReset reads the time that a sentence names.
func sentenceReset(message string, off time.Duration, now time.Time) time.Time {
	if message == "" {
		return time.Time{}
	}
	if m := moment().FindStringSubmatch(message); m != nil {
		return namedMoment(m[1], m[2], m[3], off, now)
	}
	if m := hour().FindStringSubmatch(message); m != nil {
		return namedHour(m[1], m[2], now)
	}
	if m := delay().FindStringSubmatch(message); m != nil {
		n, _ := strconv.ParseFloat(m[1], 64)
		return after(n*unit(m[2]), now)
	}
	if m := span().FindStringSubmatch(message); m != nil {
		return after(total(m[1]), now)
	}
	return time.Time{}
}

// total adds up a length of time in seconds.
func total(text string) (sum float64) {
	for _, p := range part().FindAllStringSubmatch(text, -1) {
		n, _ := strconv.ParseFloat(p[1], 64)
		sum += n * unit(p[2])
	}
	return sum
}

// unit is the seconds of a unit by its first letter; of "ms", a thousandth.
func unit(name string) float64 {
	switch strings.ToLower(name) {
	case "ms":
		return 0.001
	case "m":
		return 60
	case "h":
		return 3600
	case "d":
		return 24 * 3600
	default:
		return 1
	}
}

func namedMoment(day, clock, zone string, off time.Duration, now time.Time) time.Time {
	switch zone = strings.ToUpper(zone); {
	case zone == "UTC":
		zone = "Z"
	case len(zone) == len("+0800"):
		zone = zone[:3] + ":" + zone[3:]
	}
	return instant(day+"T"+clock+zone, off, now)
}

// namedHour is the next time that a clock in UTC shows the hour.
func namedHour(hours, minutes string, now time.Time) time.Time {
	h, _ := strconv.Atoi(hours)
	m, _ := strconv.Atoi(minutes)
	if h > 23 || m > 59 {
		return time.Time{}
	}
	utc := now.UTC()
	at := time.Date(utc.Year(), utc.Month(), utc.Day(), h, m, 0, 0, time.UTC)
	if !at.After(now) {
		at = at.AddDate(0, 0, 1)
	}
	return bounded(at, now)
}
