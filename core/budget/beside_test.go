package budget

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
)

// A limit counts what other hosts have told, in a time that begins with the first request
// on any of them.
func TestBooks_Beside(t *testing.T) {
	noon := time.Date(2026, 5, 15, 12, 0, 0, 0, time.UTC)
	limits := []Limit{{Most: 10, Of: Requests, In: time.Hour}}
	spent := func(ago time.Duration, used uint64) Spent {
		return Spent{Of: Requests, In: time.Hour, Since: noon.Add(-ago), Used: used}
	}
	for name, tc := range map[string]struct {
		others []Spent
		left   int // requests
		resets time.Duration
	}{
		"none":                    {nil, 10, time.Hour},
		"one":                     {[]Spent{spent(20*time.Minute, 4)}, 6, 40 * time.Minute},
		"two":                     {[]Spent{spent(20*time.Minute, 4), spent(50*time.Minute, 5)}, 1, 10 * time.Minute},
		"full":                    {[]Spent{spent(0, 12)}, 0, time.Hour},
		"a time that is over":     {[]Spent{spent(61*time.Minute, 9)}, 10, time.Hour},
		"of another unit":         {[]Spent{{Of: Tokens, In: time.Hour, Since: noon, Used: 9}}, 10, time.Hour},
		"by a clock that is late": {[]Spent{spent(-2*time.Minute, 3)}, 7, time.Hour},
		"by a clock that is off":  {[]Spent{spent(-time.Hour, 9)}, 10, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			b := OpenBooks(t.TempDir(), clock.NewFake(noon), 1)
			defer b.Close()
			b.Beside(func(string) []Spent { return tc.others })
			var full error
			n := 0
			for ; full == nil && n <= 20; n++ {
				r, err := b.Reserve(t.Context(), "key-1", "ci", limits, 1)
				if full = err; err == nil {
					if err := r.Charge(1, 1); err != nil {
						t.Fatal(err)
					}
				}
			}
			if n-1 != tc.left || autherr.CodeOf(full) != autherr.CodeBudget {
				t.Errorf("%d requests, then %v; want %d", n-1, full, tc.left)
			}
			all, err := b.Read("key-1", limits)
			if err != nil || all[0].Used < 10 || all[0].Since.Add(time.Hour).Sub(noon) != tc.resets {
				t.Errorf("it says %+v, %v; want that it begins anew in %v", all, err, tc.resets)
			}
			if own := b.Own("key-1", limits); (tc.left > 0) != (len(own) == 1) || len(own) == 1 && own[0].Used != uint64(tc.left) {
				t.Errorf("its own are %+v", own)
			}
		})
	}
}
