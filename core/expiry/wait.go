package expiry

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Wait returns how long an answer asks to wait: the milliseconds that some
// gateways send (Retry-After-Ms), else Retry-After (RFC 9110 section 10.2.3),
// seconds or a date. A date is compared with the answer's own Date, so that a
// wrong clock on either side does not matter, else with now. It is zero where
// nothing is asked, or nothing that can be read, or a moment that is past;
// [Horizon] at most.
func Wait(h http.Header, now time.Time) time.Duration {
	if len(h["Retry-After"]) == 0 && len(h["Retry-After-Ms"]) == 0 { // most answers
		return 0
	}
	if ms, err := strconv.ParseFloat(strings.TrimSpace(h.Get("Retry-After-Ms")), 64); err == nil {
		return span(ms / 1000)
	}
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(value, 64); err == nil {
		return span(seconds)
	}
	until, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		now = date
	}
	return min(max(until.Sub(now), 0), Horizon)
}

// span is a number of seconds; zero where it is none that can be waited for.
func span(seconds float64) time.Duration {
	if math.IsNaN(seconds) || seconds <= 0 {
		return 0
	}
	return time.Duration(min(seconds, Horizon.Seconds()) * float64(time.Second))
}
