package usage

import (
	"net/http"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/expiry"
)

// Headers reads what an answer of a model API tells of the plan, whatever its
// status. An answer that tells nothing is an empty reading; most do, and are
// known by the beginnings of their headers' names.
func Headers(h http.Header, now time.Time) Reading {
	families := [...]struct {
		prefix string
		read   func(http.Header, time.Time) Reading
	}{
		{"X-Codex-", codexHeaders}, {"X-Nous-Credits-", nousHeaders},
		{"Anthropic-Ratelimit-", anthropicHeaders}, {"X-Ratelimit-", plainHeaders},
	}
	var there [len(families)]bool
	for name := range h { // once: it is done for every answer
		for i := range families {
			there[i] = there[i] || strings.HasPrefix(name, families[i].prefix)
		}
	}
	for i, family := range families {
		if !there[i] {
			continue
		}
		if r := family.read(h, now); !r.Empty() {
			r.Windows = Reading.Now(r, now).Windows
			return r
		}
	}
	return Reading{}
}

// anthropicHeaders reads the windows of a subscription, as fractions with their
// ends in seconds since 1970, else the limits of an API key
// (https://docs.anthropic.com/en/api/rate-limits).
func anthropicHeaders(h http.Header, now time.Time) Reading {
	r := Reading{At: now, Source: FromHeader}
	for _, one := range [...]struct {
		name   string
		length time.Duration
	}{{"5h", 5 * time.Hour}, {"7d", 7 * 24 * time.Hour}} {
		prefix, length := "Anthropic-Ratelimit-Unified-"+one.name+"-", one.length
		if used, ok := numberIn(h.Get(prefix + "Utilization")); ok && used >= 0 {
			w := Window{Name: nameOf(length), Length: length, Used: percent(used * 100), Told: now}
			if n, ok := numberIn(h.Get(prefix + "Reset")); ok {
				w.Resets = byOurClock(h, moment(n), now)
			}
			r.Windows = append(r.Windows, w)
		}
	}
	for _, unit := range []string{"requests", "tokens", "input-tokens", "output-tokens"} {
		prefix := "Anthropic-Ratelimit-" + unit + "-"
		resets, _ := time.Parse(time.RFC3339, h.Get(prefix+"Reset"))
		resets = byOurClock(h, resets, now)
		r.Windows = append(r.Windows, limited(unit, h.Get(prefix+"Limit"), h.Get(prefix+"Remaining"), resets, now)...)
	}
	return r
}

// plainHeaders reads the limits that OpenAI and those like it send, whose reset
// is a duration ("6s", "1m30s", "120ms").
func plainHeaders(h http.Header, now time.Time) Reading {
	r := Reading{At: now, Source: FromHeader}
	for _, unit := range []string{"requests", "tokens"} {
		var resets time.Time
		if d, err := time.ParseDuration(h.Get("X-Ratelimit-Reset-" + unit)); err == nil && d > 0 {
			resets = now.Add(d)
		} else if n, ok := numberIn(h.Get("X-Ratelimit-Reset-" + unit)); ok && n > 0 && n < 1e8 {
			resets = now.Add(time.Duration(n * float64(time.Second)))
		}
		r.Windows = append(r.Windows, limited(unit, h.Get("X-Ratelimit-Limit-"+unit), h.Get("X-Ratelimit-Remaining-"+unit), resets, now)...)
	}
	return r
}

// byOurClock moves a moment of the sender's clock by as much as that is off.
func byOurClock(h http.Header, at, now time.Time) time.Time {
	skew := expiry.Exchange{Sent: now, Received: now, Date: h.Get("Date")}.Skew()
	if at.IsZero() || skew.Abs() <= expiry.Tolerance {
		return at
	}
	return at.Add(-skew)
}

// limited is a limit of which so much remains.
func limited(unit, limit, remaining string, resets, now time.Time) []Window {
	most, limited := numberIn(limit)
	left, told := numberIn(remaining)
	if !limited || !told || most <= 0 || left < 0 || left > most {
		return nil
	}
	unit = strings.ReplaceAll(unit, "-", " ")
	used := most - left
	return []Window{{Name: unit, Count: &used, Limit: &most, Unit: unit, Used: share(used, most), Resets: resets, Rate: true, Told: now}}
}
