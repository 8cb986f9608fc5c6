package refusal

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// headerReset reads the headers in which providers say how much of a limit is
// left: of all limits that are used up, the one that is filled again last.
func headerReset(h http.Header, off time.Duration, now time.Time) time.Time {
	last := instant(h.Get("Anthropic-Ratelimit-Unified-Reset"), off, now)
	for name := range h {
		t := codexWindow(h, name, off, now)
		if t.IsZero() {
			t = limitReset(h, name, off, now)
		}
		if t.After(last) {
			last = t
		}
	}
	return last
}

// codexWindow reads one of Codex's windows that is used up, such as
// x-codex-primary-used-percent and what stands beside it (openai/codex,
// codex-api/src/rate_limits.rs). Other families of limits have another name in
// place of "codex".
func codexWindow(h http.Header, name string, off time.Duration, now time.Time) time.Time {
	window, ok := strings.CutSuffix(name, "-Used-Percent")
	if !ok || !strings.HasPrefix(name, "X-") {
		return time.Time{}
	}
	if used, err := strconv.ParseFloat(h.Get(name), 64); err != nil || used < 100 {
		return time.Time{}
	}
	if t := instant(h.Get(window+"-Reset-At"), off, now); !t.IsZero() {
		return t
	}
	return seconds(h.Get(window+"-Reset-After-Seconds"), now)
}

// limitReset reads a limit of which nothing remains: OpenAI's and Nous's
// x-ratelimit-remaining-tokens beside x-ratelimit-reset-tokens, and Anthropic's
// anthropic-ratelimit-tokens-remaining beside …-reset.
func limitReset(h http.Header, name string, off time.Duration, now time.Time) time.Time {
	var reset string
	switch {
	case strings.HasPrefix(name, "X-Ratelimit-Remaining"):
		reset = strings.Replace(name, "Remaining", "Reset", 1)
	case strings.HasPrefix(name, "Anthropic-Ratelimit-") && strings.HasSuffix(name, "-Remaining"):
		reset = strings.TrimSuffix(name, "Remaining") + "Reset"
	default:
		return time.Time{}
	}
	if left, err := strconv.ParseFloat(h.Get(name), 64); err != nil || left > 0 {
		return time.Time{}
	}
	value := h.Get(reset)
	if n, err := strconv.ParseFloat(value, 64); err == nil {
		if n > 1e9 { // a date: OpenRouter's milliseconds
			return epoch(n, off, now)
		}
		return after(n, now)
	}
	if n := length(value); n > 0 { // OpenAI's "6m0s"
		return after(n, now)
	}
	return instant(value, off, now)
}
