package refusal

import (
	"net/http"
	"strconv"
	"time"

	"github.com/hermes-tui/hermes-tui/core/expiry"
)

// longestReset is how long an account can be told to wait: a month's quota. What is
// longer counts as unnamed.
const longestReset = 31 * 24 * time.Hour

// resetAt returns when the account serves again; zero when nothing says so. It is
// the first time that is found, or the latest of all.
func resetAt(h http.Header, s said, now time.Time, latest bool) (found time.Time) {
	off := skew(h, now)
	candidates := []func() time.Time{
		func() time.Time { return after(expiry.Wait(h, now).Seconds(), now) },
		func() time.Time {
			for _, v := range s.reset {
				if t := instant(v, off, now); !t.IsZero() {
					return t
				}
			}
			return time.Time{}
		},
		func() time.Time {
			for _, v := range s.in {
				if t := seconds(v, now); !t.IsZero() {
					return t
				}
			}
			return time.Time{}
		},
		func() time.Time { return headerReset(h, off, now) },
		func() time.Time { return headerReset(s.header, off, now) },
		func() time.Time { return sentenceReset(s.message, off, now) },
	}
	for _, candidate := range candidates {
		t := candidate()
		if t.After(found) {
			found = t
		}
		if !found.IsZero() && !latest {
			break
		}
	}
	return found
}

// skew is our clock minus the server's, where it says its time: a date is good
// only by the clock it was made with.
func skew(h http.Header, now time.Time) time.Duration {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	if d := now.Sub(date); d.Abs() > 30*time.Second {
		return d
	}
	return 0
}

// dates are the spellings of an absolute time beside RFC 3339. One that names no zone
// is none: providers differ by hours in which they mean.
var dates = [...]string{"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 UTC", http.TimeFormat}

// instant reads an absolute time by a clock that ours is ahead of by off: epoch
// seconds, epoch milliseconds, RFC 3339 or another date.
func instant(v any, off time.Duration, now time.Time) time.Time {
	switch v := v.(type) {
	case float64:
		return epoch(v, off, now)
	case string:
		if n, err := strconv.ParseFloat(v, 64); err == nil {
			return epoch(n, off, now)
		}
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return bounded(t.Add(off), now)
		}
		for _, layout := range dates {
			if t, err := time.Parse(layout, v); err == nil {
				return bounded(t.Add(off), now)
			}
		}
	}
	return time.Time{}
}

func epoch(n float64, off time.Duration, now time.Time) time.Time {
	if n > 1e12 {
		n /= 1000
	}
	if !(n > 0 && n < 1e11) {
		return time.Time{}
	}
	return bounded(time.UnixMilli(int64(n*1000)).Add(off), now)
}

// seconds reads a number of seconds from now, also one in a string, or a length of
// time such as "34.5s".
func seconds(v any, now time.Time) time.Time {
	switch v := v.(type) {
	case float64:
		return after(v, now)
	case string:
		if n, err := strconv.ParseFloat(v, 64); err == nil {
			return after(n, now)
		}
		return after(length(v), now)
	}
	return time.Time{}
}

// length reads a length of time such as "6m0s" or "1d2h", in seconds; zero where it
// is none.
func length(text string) float64 {
	if !spelt().MatchString(text) {
		return 0
	}
	return total(text)
}

func after(seconds float64, now time.Time) time.Time {
	if !(seconds > 0) {
		return time.Time{}
	}
	if seconds > longestReset.Seconds() {
		return time.Time{}
	}
	return now.Add(time.Duration(seconds * float64(time.Second)))
}

// bounded drops what is past and what is absurdly far.
func bounded(t, now time.Time) time.Time {
	switch {
	case !t.After(now):
		return time.Time{}
	case t.Sub(now) > longestReset:
		return time.Time{}
	default:
		return t
	}
}
