package pool

import (
	"encoding/json"
	"testing"
	"time"
)

func TestCooldown_Words(t *testing.T) {
	for status, want := range map[int]string{
		0: "cooling down", 401: "token refused (401)", 402: "out of credits (402)", 403: "token refused (403)",
		429: "too many requests (429)", 529: "refused (529)",
	} {
		if got := (Cooldown{Status: status}).Words(); got != want {
			t.Errorf("%d: %q", status, got)
		}
	}
}

// What a refusal meant says more than its status: MiniMax says with 500 that there is
// no money.
func TestCooldown_WordsOfWhatItMeant(t *testing.T) {
	for c, want := range map[Cooldown]string{
		{Status: 429, Means: Quota}:   "plan used up (429)",
		{Status: 429, Means: Rate}:    "too many requests (429)",
		{Status: 500, Means: Billing}: "out of credits (500)",
		{Means: Quota}:                "cooling down",
	} {
		if got := c.Words(); got != want {
			t.Errorf("%+v: %q, want %q", c, got, want)
		}
	}
}

func TestReason_Words(t *testing.T) {
	for reason, want := range map[Reason]string{
		CoolingDown: "cooling down", NeedsSignIn: "needs sign-in", SignedOut: "signed out", NotIncluded: "its plan has no API access",
		Shared: "another program has to refresh its token", Locked: "its keystore is locked", Refused: "it has refused this request", "": "",
	} {
		if got := reason.Words(); got != want {
			t.Errorf("%q: %q", reason, got)
		}
	}
}

// Pools are keys of pool.json.
func TestID_IsAKeyOfJSON(t *testing.T) {
	want := map[ID]Strategy{{"minimax-oauth", "cn"}: RoundRobin, {"nous", ""}: Random}
	data, err := json.Marshal(want)
	if err != nil || string(data) != `{"minimax-oauth/cn":"round_robin","nous/":"random"}` {
		t.Fatalf("%s, %v", data, err)
	}
	var got map[ID]Strategy
	if err := json.Unmarshal(data, &got); err != nil || len(got) != 2 || got[ID{"minimax-oauth", "cn"}] != RoundRobin || got[ID{"nous", ""}] != Random {
		t.Errorf("%v, %v", got, err)
	}
}

func TestLimits_Resting(t *testing.T) {
	over := Cooldown{At: noon.Add(-time.Hour), Until: noon}
	for name, tc := range map[string]struct {
		limits        Limits
		zero, resting bool
	}{
		"none":             {Limits{}, true, false},
		"all of it":        {Limits{Cooldown: cooling(time.Minute)}, false, true},
		"one model":        {Limits{Models: map[string]Cooldown{"big": cooling(time.Minute)}}, false, true},
		"over":             {Limits{Cooldown: over, Models: map[string]Cooldown{"big": over}}, false, false},
		"over, not of one": {Limits{Cooldown: over, Models: map[string]Cooldown{"big": over, "small": cooling(1)}}, false, true},
	} {
		if tc.limits.IsZero() != tc.zero || tc.limits.Resting(noon) != tc.resting {
			t.Errorf("%s: zero %t, resting %t", name, tc.limits.IsZero(), tc.limits.Resting(noon))
		}
	}
}

// A request that was served ends what is over, and nothing that is in force: it
// was sent before that began.
func TestLimits_Served(t *testing.T) {
	over, holds := Cooldown{At: noon.Add(-time.Hour), Until: noon, Failures: 3}, cooling(time.Minute)
	models := map[string]Cooldown{"big": over, "small": over, "new": holds}
	for name, tc := range map[string]struct {
		limits  Limits
		model   string
		changed bool
		whole   Cooldown
		models  int
	}{
		"nothing":             {Limits{}, "big", false, Cooldown{}, 0},
		"over":                {Limits{Cooldown: over}, "", true, Cooldown{}, 0},
		"in force":            {Limits{Cooldown: holds}, "", false, holds, 0},
		"its model":           {Limits{Models: models}, "big", true, Cooldown{}, 2},
		"its model, in force": {Limits{Models: models}, "new", false, Cooldown{}, 3},
		"another model":       {Limits{Models: models}, "other", false, Cooldown{}, 3},
		"both":                {Limits{Cooldown: over, Models: models}, "small", true, Cooldown{}, 2},
	} {
		got, changed := tc.limits.Served(tc.model, noon)
		if changed != tc.changed || got.Cooldown != tc.whole || len(got.Models) != tc.models {
			t.Errorf("%s: %t, %+v", name, changed, got)
		}
	}
	if len(models) != 3 {
		t.Error("the limits that it was called on changed")
	}
}
