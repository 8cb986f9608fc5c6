package expiry

import (
	"strings"
	"testing"
	"time"
)

// What no calendar prints is refused, and nothing that one does.
func TestBounded(t *testing.T) {
	for year, ok := range map[int]bool{-1: false, 0: false, 1: true, 2026: true, 9999: true, 10000: false} {
		if _, err := bounded(time.Date(year, 6, 1, 0, 0, 0, 0, time.UTC), "text"); (err == nil) != ok {
			t.Errorf("%d: %v", year, err)
		}
	}
}

// A sender whose clock stands in the first year there is has one.
func TestSkew_OfTheFirstYear(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	if skew := (Exchange{Sent: now, Received: now, Date: "Mon, 01 Jan 0001 00:00:00 GMT"}).Skew(); skew == 0 {
		t.Error("it counts as one that does not say")
	}
}

// The error shows the number that was sent, to its last digit.
func TestParse_ErrorShowsTheNumber(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	for value, want := range map[any]string{
		float64(-12345): "-12345", float64(98765432109876): "98765432109876", int64(-77): "-77", -78: "-78",
	} {
		if _, err := Parse(value, Exchange{Sent: now, Received: now}); err == nil || !strings.Contains(err.Error(), want) && !strings.Contains(err.Error(), "9.8765432109876e+13") {
			t.Errorf("%v: %v", value, err)
		}
	}
}
