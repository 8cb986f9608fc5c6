package pool

import (
	"testing"
	"time"
)

func TestLimits_Changes(t *testing.T) {
	in := func(d time.Duration) time.Time { return noon.Add(d) }
	for name, c := range map[string]struct {
		limits Limits
		want   time.Time
	}{
		"none":                       {},
		"one that holds":             {Limits{Cooldown: Cooldown{At: noon, Until: in(time.Hour)}}, in(time.Hour)},
		"one that is over":           {Limits{Cooldown: Cooldown{At: in(-time.Hour), Until: noon}}, time.Time{}},
		"one of a clock that is off": {Limits{Cooldown: Cooldown{At: in(time.Hour), Until: in(2 * time.Hour)}}, in(time.Hour - drift)},
		"that of a model is sooner": {
			Limits{Cooldown: Cooldown{At: noon, Until: in(2 * time.Hour)}, Models: map[string]Cooldown{"m": {At: noon, Until: in(time.Hour)}, "n": {At: noon, Until: in(3 * time.Hour)}}}, in(time.Hour),
		},
	} {
		if got := c.limits.Changes(noon); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
