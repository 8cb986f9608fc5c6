package pool

import (
	"testing"
	"time"
)

// A model's rest is forgotten when it is over, and no other's with it.
func TestLimits_WithKeepsTheRestsOfOtherModels(t *testing.T) {
	before := Limits{Models: map[string]Cooldown{
		"big":   cooling(-time.Second), // over: it counts as a failure only for itself
		"small": cooling(time.Hour),
		"old":   cooling(-time.Minute),
	}}
	after, changed := before.With(Refusal{Status: 429, Model: "big"}, Odds{Now: noon})
	if !changed || len(after.Models) != 2 {
		t.Fatalf("%+v, changed %t", after, changed)
	}
	if got := after.Models["small"]; got != cooling(time.Hour) {
		t.Errorf("another model's rest became %+v", got)
	}
	if big := after.Models["big"]; big.Failures != 1 || !big.Holds(noon) {
		t.Errorf("the model's own rest is %+v", big)
	}
	if len(before.Models) != 3 {
		t.Errorf("the limits before became %+v", before)
	}
}

func TestLimits_WithSaysWhetherAnythingChanged(t *testing.T) {
	once, _ := Limits{}.With(Refusal{Status: 429, Model: "big"}, Odds{Now: noon})
	again, changed := once.With(Refusal{Status: 429, Model: "big"}, Odds{Now: noon})
	if changed || len(again.Models) != 1 || again.Models["big"] != once.Models["big"] {
		t.Errorf("%+v, changed %t", again, changed)
	}
}

// A model's later refusal takes the place of its own rest that still holds, and
// is not overwritten by it.
func TestLimits_WithTakesTheLaterTimeOfAModel(t *testing.T) {
	l := Limits{Models: map[string]Cooldown{"big": cooling(time.Minute)}}
	later, changed := l.With(Refusal{Status: 429, Model: "big", ResetAt: noon.Add(time.Hour)}, Odds{Now: noon})
	if got := later.Until("big", noon); !changed || got != noon.Add(time.Hour) {
		t.Errorf("until %s, changed %t", got, changed)
	}
}

// What a damaged or older file leaves out is no rest.
func TestLimits_UntilOfAModelThatDoesNotRest(t *testing.T) {
	l := Limits{Models: map[string]Cooldown{"big": cooling(-time.Second)}}
	if got := l.Until("big", noon); !got.IsZero() {
		t.Errorf("until %s", got)
	}
}

func TestCooldown_HoldsUpToItsBounds(t *testing.T) {
	for name, tc := range map[string]struct {
		at, until time.Time
		want      bool
	}{
		"begins as far ahead as clocks differ": {noon.Add(drift), noon.Add(drift + time.Hour), true},
		"begins later":                         {noon.Add(drift + 1), noon.Add(drift + time.Hour), false},
		"as long as any":                       {noon, noon.Add(longest), true},
		"longer":                               {noon, noon.Add(longest + 1), false},
	} {
		if got := (Cooldown{At: tc.at, Until: tc.until}).Holds(noon); got != tc.want {
			t.Errorf("%s: holds %t", name, got)
		}
	}
}
