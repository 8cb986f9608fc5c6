package core

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// A token is asked for once a second for five minutes, under clocks and lives
// that invite to rotate at every call.
func TestToken_RotatesNoMoreThanItMust(t *testing.T) {
	year := 365 * 24 * time.Hour
	for name, c := range map[string]struct {
		life, jump, every time.Duration
		calls             int
		options           TokenOptions
		most              int           // rotations
		per               time.Duration // and one more for each such time; zero: no more
	}{
		"an ordinary token":         {15 * time.Minute, 0, time.Second, 300, TokenOptions{}, 0, 0},
		"a token that lives 1 s":    {time.Second, 0, time.Second, 300, TokenOptions{}, 1, time.Minute},
		"--min-ttl beyond its life": {15 * time.Minute, 0, time.Second, 300, TokenOptions{MinLife: time.Hour}, 0, 0},
		"--min-ttl close to it":     {15 * time.Minute, 0, time.Second, 300, TokenOptions{MinLife: 14*time.Minute + 59*time.Second}, 1, time.Minute},
		"clock a year ahead":        {15 * time.Minute, year, time.Second, 300, TokenOptions{}, 1, 0},
		"clock a year back":         {15 * time.Minute, -year, time.Second, 300, TokenOptions{}, 0, 0},
		"asleep for eight hours":    {15 * time.Minute, 8 * time.Hour, time.Second, 300, TokenOptions{}, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() {
				c.calls /= 10
			}
			r := newRigWith(t, sandbox.Options{AccessTTL: c.life})
			a := r.account("")
			r.clock.Advance(c.jump)
			start := r.clock.Now()
			for range c.calls {
				r.clock.Advance(c.every)
				got, err := r.core.Token(t.Context(), a.ID, c.options)
				if err != nil {
					t.Fatal(err)
				}
				if c.jump >= 0 && c.life > time.Minute && !got.Expiry.After(r.clock.Now()) {
					t.Fatalf("a token that ended at %s was handed out at %s", got.Expiry, r.clock.Now())
				}
			}
			most, took := c.most, r.clock.Now().Sub(start)
			if c.per > 0 {
				most += int(took / c.per)
			}
			if n := r.refreshes(); n > most {
				t.Errorf("%d rotations within %s, want at most %d", n, took, most)
			}
		})
	}
}
