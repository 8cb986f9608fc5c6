package proxy

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// longestReset bounds how long an account can be told to wait: a month's quota.
const longestReset = 31 * 24 * time.Hour

// resetAt returns when the account serves again: from the answer's header, else
// from its body, else from its sentence; zero when nothing says so.
func resetAt(h http.Header, s said, now time.Time) time.Time {
	if t := headerReset(h, now); !t.IsZero() {
		return t
	}
	for _, v := range s.reset {
		if t := instant(v, now); !t.IsZero() {
			return t
		}
	}
	return sentenceReset(s.message, now)
}

// headerReset reads Retry-After (RFC 9110 section 10.2.3), the milliseconds that
// some gateways send, and Anthropic's unified reset.
func headerReset(h http.Header, now time.Time) time.Time {
	if ms, err := strconv.ParseFloat(h.Get("Retry-After-Ms"), 64); err == nil {
		return after(ms/1000, now)
	}
	if value := strings.TrimSpace(h.Get("Retry-After")); value != "" {
		if seconds, err := strconv.ParseFloat(value, 64); err == nil {
			return after(seconds, now)
		}
		if until, err := http.ParseTime(value); err == nil {
			return bounded(until.Add(skew(h, now)), now)
		}
	}
	return instant(h.Get("Anthropic-Ratelimit-Unified-Reset"), now)
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

// instant reads an absolute time: epoch seconds, epoch milliseconds, or RFC 3339.
func instant(v any, now time.Time) time.Time {
	switch v := v.(type) {
	case float64:
		return epoch(v, now)
	case string:
		if n, err := strconv.ParseFloat(v, 64); err == nil {
			return epoch(n, now)
		}
		if t, err := time.Parse(time.RFC3339, v); err == nil {
			return bounded(t, now)
		}
	}
	return time.Time{}
}

func epoch(n float64, now time.Time) time.Time {
	if n > 1e12 {
		n /= 1000
	}
	if !(n > 0 && n < 1e11) {
		return time.Time{}
	}
	return bounded(time.UnixMilli(int64(n*1000)), now)
}

// sentenceReset reads "retry after 30s", "quotaResetDelay: 1500ms" and "Resets
// in 4hr 5min".
func sentenceReset(message string, now time.Time) time.Time {
	if message == "" {
		return time.Time{}
	}
	delay := regexp.MustCompile(`(?i)(?:quotaResetDelay|retry after)[^0-9]{0,8}(\d+(?:\.\d+)?) ?(ms|s)\b`)
	if m := delay.FindStringSubmatch(message); m != nil {
		n, err := strconv.ParseFloat(m[1], 64)
		if err != nil {
			return time.Time{}
		}
		if strings.EqualFold(m[2], "ms") {
			n /= 1000
		}
		return after(n, now)
	}
	in := regexp.MustCompile(`(?i)resets in (?:(\d{1,4}) ?(?:hours?|hrs?|h))? ?(?:(\d{1,4}) ?(?:minutes?|mins?|m))?`)
	if m := in.FindStringSubmatch(message); m != nil {
		hours, _ := strconv.Atoi(m[1])
		minutes, _ := strconv.Atoi(m[2])
		return after(float64(hours*3600+minutes*60), now)
	}
	return time.Time{}
}

func after(seconds float64, now time.Time) time.Time {
	if !(seconds > 0) {
		return time.Time{}
	}
	if seconds > longestReset.Seconds() {
		return now.Add(longestReset)
	}
	return now.Add(time.Duration(seconds * float64(time.Second)))
}

// bounded drops what is past and cuts what is absurdly far.
func bounded(t, now time.Time) time.Time {
	switch {
	case !t.After(now):
		return time.Time{}
	case t.Sub(now) > longestReset:
		return now.Add(longestReset)
	default:
		return t
	}
}
