package pool

import (
	"testing"
	"time"
)

// What is paused serves nobody who names no account; of all that keeps a pool from
// serving a pause is told last but a sign-in, with the end that comes first.
func TestPick_Paused(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	endless, hour, minute := Pause{At: now}, Pause{At: now, Until: now.Add(time.Hour)}, Pause{At: now, Until: now.Add(time.Minute)}
	over := Pause{At: now.Add(-time.Hour), Until: now}
	resting := Limits{Cooldown: Cooldown{At: now, Until: now.Add(time.Second)}}
	for name, tc := range map[string]struct {
		rows   []Row
		index  int
		reason Reason
		until  time.Time
	}{
		"the next serves":          {[]Row{{Paused: endless}, {}}, 1, "", time.Time{}},
		"its time is over":         {[]Row{{Paused: over}, {}}, 0, "", time.Time{}},
		"all, for ever":            {[]Row{{Paused: endless}, {Paused: endless}}, -1, Paused, time.Time{}},
		"all, the earliest end":    {[]Row{{Paused: endless}, {Paused: hour}, {Paused: minute}, {Paused: hour}}, -1, Paused, minute.Until},
		"beside a dead sign-in":    {[]Row{{Out: NeedsSignIn}, {Paused: endless}}, -1, Paused, time.Time{}},
		"beside a cool-down":       {[]Row{{Paused: minute}, {Limits: resting}}, -1, CoolingDown, resting.Cooldown.Until},
		"beside a locked one":      {[]Row{{Paused: minute}, {Out: Locked}}, -1, Locked, time.Time{}},
		"with a dead sign-in":      {[]Row{{Out: NeedsSignIn, Paused: endless}}, -1, NeedsSignIn, time.Time{}},
		"while it would cool down": {[]Row{{Paused: hour, Limits: resting}}, -1, Paused, hour.Until},
	} {
		index, none := Pick(tc.rows, now, Want{})
		if index != tc.index || none.Reason != tc.reason || !none.Until.Equal(tc.until) {
			t.Errorf("%s: %d, %q until %s", name, index, none.Reason, none.Until)
		}
	}
}
