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
		most              int
	}{
		"an ordinary token":         {15 * time.Minute, 0, time.Second, 300, TokenOptions{}, 0},
		"a token that lives 1 s":    {time.Second, 0, 100 * time.Millisecond, 50, TokenOptions{}, 8},
		"--min-ttl beyond its life": {15 * time.Minute, 0, time.Second, 300, TokenOptions{MinLife: time.Hour}, 0},
		"--min-ttl close to it":     {15 * time.Minute, 0, time.Second, 300, TokenOptions{MinLife: 14*time.Minute + 59*time.Second}, 5},
		"clock a year ahead":        {15 * time.Minute, year, time.Second, 300, TokenOptions{}, 1},
		"clock a year back":         {15 * time.Minute, -year, time.Second, 300, TokenOptions{}, 0},
		"asleep for eight hours":    {15 * time.Minute, 8 * time.Hour, time.Second, 300, TokenOptions{}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRigWith(t, sandbox.Options{AccessTTL: c.life})
			a := r.account("")
			r.clock.Advance(c.jump)
			for range c.calls {
				r.clock.Advance(c.every)
				got, err := r.core.Token(t.Context(), a.ID, c.options)
				if err != nil {
					t.Fatal(err)
				}
				if c.jump >= 0 && !got.Expiry.After(r.clock.Now()) {
					t.Fatalf("a token that ended at %s was handed out at %s", got.Expiry, r.clock.Now())
				}
			}
			if n := r.refreshes(); n > c.most {
				t.Errorf("%d rotations, want at most %d", n, c.most)
			}
		})
	}
}
