package pool

import (
	"fmt"
	"testing"
	"time"
)

// What a refusal means, and all that follows from it.
func TestRefusal_MeaningAndWhatFollows(t *testing.T) {
	soon := noon.Add(time.Minute)
	for _, tc := range []struct {
		r        Refusal
		means    Meaning
		verdict  Verdict
		passable bool
		token    bool // it refuses the token
	}{
		{Refusal{Status: 401}, Token, CoolDown, true, true},
		{Refusal{Status: 401, Code: "invalid_token"}, Grant, SignIn, true, true},
		{Refusal{Status: 400, Code: "invalid_token"}, Nobody, Nothing, false, false},
		{Refusal{Status: 403, Code: "Unauthenticated:Bad-Credentials"}, Token, CoolDown, true, false},
		{Refusal{Status: 400, Message: "bad-credentials"}, Nobody, Nothing, false, false},
		{Refusal{Status: 403}, Denied, CoolDown, false, false},
		{Refusal{Status: 402}, Billing, CoolDown, true, false},
		{Refusal{Status: 400, Code: "Billing_Error"}, Billing, CoolDown, true, false},
		{Refusal{Status: 400, Code: "billing_unverified"}, Billing, CoolDown, true, false},
		{Refusal{Status: 403, Code: "insufficient_quota"}, Billing, CoolDown, true, false},
		{Refusal{Status: 500, Code: "billing_error"}, Nobody, Nothing, false, false},
		{Refusal{Status: 500, Code: "billing_unverified"}, Nobody, Nothing, false, false},
		{Refusal{Status: 429}, Rate, CoolDown, true, false},
		{Refusal{Status: 529}, Busy, Nothing, true, false},
		{Refusal{Status: 529, ResetAt: soon}, Busy, CoolDown, true, false},
		{Refusal{Status: 500, ResetAt: soon}, Busy, CoolDown, true, false},
		{Refusal{Status: 499, ResetAt: soon}, Nobody, Nothing, false, false},
		{Refusal{Status: 503}, Nobody, Nothing, false, false},
		{Refusal{Status: 200, Means: Token}, Token, CoolDown, true, true},
		{Refusal{Status: 200, Means: Grant}, Grant, SignIn, true, true},
		{Refusal{Status: 401, Means: Rate}, Rate, CoolDown, true, false},
		{Refusal{Status: 400, Means: Quota}, Quota, CoolDown, true, false},
		{Refusal{Status: 429, Means: Nobody}, Nobody, Nothing, false, false},
		{Refusal{Status: 400, Means: Model}, Model, Nothing, false, false},
		{Refusal{Status: 400, Means: Model, Model: "big"}, Model, CoolDown, true, false},
	} {
		r := tc.r
		if r.Meaning() != tc.means || r.Verdict() != tc.verdict || r.Passable() != tc.passable || r.RefusesToken() != tc.token {
			t.Errorf("%+v: %s, verdict %d, passable %t, refuses the token %t", r, r.Meaning(), r.Verdict(), r.Passable(), r.RefusesToken())
		}
	}
}

func TestRule(t *testing.T) {
	r := Rule{Codes: []string{"quota", "limit_*"}, Words: []string{"too many", "used up"}}
	for code, want := range map[string]bool{
		"quota": true, "limit_5h": true, "limit_": true, "limit": false, "a:quota": true, "quota:b": true, "quotas": false, "a_quota": false, "": false,
	} {
		if r.HasCode(code) != want {
			t.Errorf("code %q: %t", code, !want)
		}
	}
	for words, want := range map[string]bool{"there are too many of you": true, "all used up": true, "too few": false, "": false} {
		if r.HasWords(words) != want {
			t.Errorf("%q: %t", words, !want)
		}
	}
}

// How long an account rests where no time is named, by how often it was refused.
func TestRefusal_Rest(t *testing.T) {
	for _, tc := range []struct {
		r              Refusal
		sole           bool
		first, second  time.Duration
		twelfth, jitty time.Duration // with half of the jitter, the first
	}{
		{Refusal{Status: 429}, false, time.Minute, 2 * time.Minute, time.Hour, 52500 * time.Millisecond},
		{Refusal{Status: 429}, true, time.Minute, time.Minute, time.Minute, 52500 * time.Millisecond},
		{Refusal{Status: 401}, false, 5 * time.Minute, 10 * time.Minute, time.Hour, 262500 * time.Millisecond},
		{Refusal{Means: Grant}, false, 5 * time.Minute, 10 * time.Minute, time.Hour, 262500 * time.Millisecond},
		{Refusal{Status: 403}, false, time.Hour, time.Hour, time.Hour, 52*time.Minute + 30*time.Second},
		{Refusal{Status: 403}, true, time.Minute, time.Minute, time.Minute, 52500 * time.Millisecond},
		{Refusal{Means: Quota}, false, time.Hour, 2 * time.Hour, 24 * time.Hour, 52*time.Minute + 30*time.Second},
		{Refusal{Means: Quota}, true, time.Minute, time.Minute, time.Minute, 52500 * time.Millisecond},
		{Refusal{Means: Model}, true, time.Hour, 2 * time.Hour, 24 * time.Hour, 52*time.Minute + 30*time.Second},
		{Refusal{Status: 402}, true, time.Hour, 2 * time.Hour, 24 * time.Hour, 52*time.Minute + 30*time.Second},
		{Refusal{Status: 402, Code: "Billing_Unverified"}, false, time.Minute, time.Minute, time.Minute, time.Minute},
	} {
		o := Odds{Now: noon, Sole: tc.sole}
		first, second, twelfth := tc.r.rest(1, o), tc.r.rest(2, o), tc.r.rest(12, o)
		o.Jitter = 0.5
		if jitty := tc.r.rest(1, o); first != tc.first || second != tc.second || twelfth != tc.twelfth || jitty != tc.jitty {
			t.Errorf("%+v, sole %t: %s, %s, %s, %s", tc.r, tc.sole, first, second, twelfth, jitty)
		}
	}
}

// To the moment: when a cool-down holds, when a failure is one more in a row, and
// when a time counts as named.
func TestCooldown_Edges(t *testing.T) {
	for name, tc := range map[string]struct {
		c     Cooldown
		holds bool
	}{
		"ends now":               {Cooldown{At: noon.Add(-1), Until: noon}, false},
		"ends in a moment":       {Cooldown{At: noon.Add(-1), Until: noon.Add(1)}, true},
		"a clock five min back":  {Cooldown{At: noon.Add(drift), Until: noon.Add(time.Hour)}, true},
		"and a moment":           {Cooldown{At: noon.Add(drift + 1), Until: noon.Add(time.Hour)}, false},
		"as long as is believed": {Cooldown{At: noon, Until: noon.Add(longest)}, true},
		"longer":                 {Cooldown{At: noon, Until: noon.Add(longest + 1)}, false},
	} {
		if tc.c.Holds(noon) != tc.holds {
			t.Errorf("%s: %t", name, !tc.holds)
		}
	}
	over := Cooldown{At: noon.Add(-time.Minute), Until: noon, Failures: 3}
	for after, failures := range map[time.Duration]int{0: 4, forgiven - 1: 4, forgiven: 1, -time.Minute: 3} {
		if got := over.After(Refusal{Status: 429, ResetAt: noon.Add(3 * time.Hour)}, Odds{Now: noon.Add(after)}); got.Failures != failures || !got.Named {
			t.Errorf("%s after it: %+v", after, got)
		}
	}
	if got := (Cooldown{}).After(Refusal{Status: 429, ResetAt: noon, Code: "c", Message: "m"}, Odds{Now: noon}); got != (Cooldown{At: noon, Until: noon.Add(time.Minute), Means: Rate, Status: 429, Code: "c", Message: "m", Failures: 1}) {
		t.Errorf("a time that is now: %+v", got)
	}
	holds := Cooldown{At: noon, Until: noon.Add(time.Hour), Named: true, Failures: 2}
	if got := holds.After(Refusal{Status: 429, ResetAt: holds.Until}, Odds{Now: noon}); got != holds {
		t.Errorf("the same time: %+v", got)
	}
}

// Of a row's rests the one that is over last counts, and only those in force are
// kept beside a new one.
func TestLimits_Edges(t *testing.T) {
	l := Limits{Cooldown: cooling(time.Hour), Models: map[string]Cooldown{"big": cooling(time.Minute), "small": cooling(2 * time.Hour)}}
	for model, want := range map[string]time.Duration{"": time.Hour, "big": time.Hour, "small": 2 * time.Hour, "other": time.Hour} {
		if got := l.Until(model, noon); got != noon.Add(want) {
			t.Errorf("%q: %s", model, got)
		}
	}
	if same, changed := l.With(Refusal{Status: 429}, Odds{Now: noon}); changed || same.Cooldown != l.Cooldown {
		t.Error("a refusal within a rest changes it")
	}
	if _, changed := l.With(Refusal{Status: 429, Model: "big"}, Odds{Now: noon}); changed {
		t.Error("a refusal within a model's rest changes it")
	}
	l = Limits{Models: map[string]Cooldown{"over": {At: noon.Add(-time.Hour), Until: noon}}}
	for i := range 2 * maxModels {
		l, _ = l.With(Refusal{Status: 429, Model: fmt.Sprint(i)}, Odds{Now: noon})
		if want := min(i+1, maxModels); len(l.Models) != want || l.Until(fmt.Sprint(i), noon).IsZero() {
			t.Fatalf("%d models after %d", len(l.Models), i+1)
		}
	}
	if _, ok := l.Models["over"]; ok {
		t.Error("what is over is kept")
	}
}

// Without a row that serves, the reason that passes first is named, and the
// first row worth asking again.
func TestPick_TheReasonThatPassesFirst(t *testing.T) {
	late, early := noon.Add(time.Hour), noon.Add(time.Minute)
	unrefreshed := func(id string, at time.Time) Row { return Row{ID: id, Unrefreshed: true, RetryAt: at} }
	for name, tc := range map[string]struct {
		rows []Row
		not  []string
		none None
	}{
		"the sooner of two":        {[]Row{unrefreshed("a", late), unrefreshed("b", early)}, nil, None{NotRefreshed, early, 0}},
		"the sooner comes first":   {[]Row{unrefreshed("a", early), unrefreshed("b", late)}, nil, None{NotRefreshed, early, 0}},
		"both were tried":          {[]Row{unrefreshed("a", early), unrefreshed("b", late)}, []string{"a", "b"}, None{NotRefreshed, early, -1}},
		"a refusal before a lock":  {[]Row{{ID: "l", Out: Locked}, {ID: "a"}}, []string{"a"}, None{Reason: Refused, Again: -1}},
		"two locks":                {[]Row{{ID: "l", Out: Locked}, {ID: "m", Out: Locked}}, nil, None{Reason: Locked, Again: 0}},
		"a lock after a dead one":  {[]Row{{ID: "s", Out: SignedOut}, {ID: "l", Out: Locked}}, nil, None{Reason: Locked, Again: 1}},
		"a lock, and no new token": {[]Row{{ID: "l", Out: Locked}, unrefreshed("b", late)}, nil, None{NotRefreshed, late, 1}},
	} {
		if i, none := Pick(tc.rows, noon, Want{Not: tc.not}); i != -1 || none != tc.none {
			t.Errorf("%s: %d, %+v", name, i, none)
		}
	}
	if got := NotRefreshed.Words(); got != "its token cannot be refreshed at the moment" {
		t.Errorf("%q", got)
	}
	for _, s := range Strategies() {
		if s.Or() != s {
			t.Errorf("%s is %s", s, s.Or())
		}
	}
}
