package oauth

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func half() float64 { return 0.5 }

func TestPace(t *testing.T) {
	pending := Answer{Outcome: Pending}
	busy := Answer{Outcome: Unknown, Reason: "busy"}
	for _, tc := range []struct {
		name     string
		interval time.Duration
		answers  []Answer
		seconds  []float64
	}{
		{"pending", 2 * time.Second, []Answer{pending, pending}, []float64{2, 2}},
		{"the floor", time.Millisecond, []Answer{pending}, []float64{2}},
		{"trouble doubles up to 30 s", 2 * time.Second, []Answer{busy, busy, busy, busy, busy, busy, busy}, []float64{2, 4, 8, 16, 30, 30, 30}},
		{"an answer ends the trouble", 2 * time.Second, []Answer{busy, busy, pending, busy}, []float64{2, 4, 2, 2}},
		{"never sooner than the interval", 5 * time.Second, []Answer{busy, busy, busy}, []float64{5, 5, 8}},
		{"slow_down stays", 2 * time.Second, []Answer{{Outcome: Pending, SlowDown: true}, pending, {Outcome: Pending, SlowDown: true}}, []float64{7, 7, 12}},
		{"Retry-After", 2 * time.Second, []Answer{{Outcome: NotSpent, RetryAfter: 20 * time.Second}, pending}, []float64{20, 2}},
		{"an absurd Retry-After", 2 * time.Second, []Answer{{Outcome: Pending, RetryAfter: 24 * time.Hour}, {Outcome: NotSpent, RetryAfter: longestNamed + time.Second}, {Outcome: NotSpent, RetryAfter: longestNamed}}, []float64{2, 2, 120}},
		{"a short Retry-After", 5 * time.Second, []Answer{{Outcome: NotSpent, RetryAfter: time.Second}}, []float64{5}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := NewPace(&DeviceCode{Interval: tc.interval}, half)
			for i, a := range tc.answers {
				wait, reason := p.Next(a)
				if wait.Seconds() != tc.seconds[i] || reason != a.Reason {
					t.Errorf("wait %d is %v (%q), want %v s", i, wait, reason, tc.seconds[i])
				}
			}
		})
	}
}

// Whatever is answered, the waits stay within sight, and nobody is asked sooner
// than the interval or than what the provider asked for.
func TestPace_Property(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		interval := time.Duration(rapid.Int64Range(0, int64(time.Minute)).Draw(t, "interval"))
		p := NewPace(&DeviceCode{Interval: interval}, func() float64 { return rapid.Float64Range(0, 0.999999).Draw(t, "jitter") })
		slow := 0
		for range rapid.IntRange(1, 100).Draw(t, "polls") {
			a := Answer{
				Outcome:    rapid.SampledFrom([]Outcome{Pending, NotSent, NotSpent, Unknown}).Draw(t, "outcome"),
				SlowDown:   rapid.Bool().Draw(t, "slow"),
				RetryAfter: time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "after")),
			}
			if a.SlowDown {
				slow++
			}
			wait, _ := p.Next(a)
			if a.RetryAfter > longestNamed {
				a.RetryAfter = 0 // counts as unnamed
			}
			least := max(interval, 2*time.Second, a.RetryAfter)
			most := max(max(interval, 2*time.Second)+time.Duration(5*slow)*time.Second, 36*time.Second, a.RetryAfter)
			if wait < least || wait > most {
				t.Fatalf("wait %v, not in [%v, %v]", wait, least, most)
			}
		}
	})
}
