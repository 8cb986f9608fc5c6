package pool

import (
	"testing"
	"time"
)

// What a refusal means decides whom it costs what: the sign-in, a rest, another
// account's try, or nothing.
func TestRefusal_MeaningByCode(t *testing.T) {
	for _, tc := range []struct {
		refusal        Refusal
		means          Meaning
		passable, tell bool // tell: its token is refused
	}{
		{Refusal{Status: 401, Code: "invalid_grant"}, Grant, true, true},
		{Refusal{Status: 401}, Token, true, true},
		{Refusal{Status: 401, Code: "insufficient_quota"}, Token, true, true},
		{Refusal{Status: 402}, Billing, true, false},
		{Refusal{Status: 400, Code: "Billing_Unverified"}, Billing, true, false},
		{Refusal{Status: 400, Code: "insufficient_balance"}, Billing, true, false},
		{Refusal{Status: 400, Code: "invalid_request_error"}, Nobody, false, false},
		{Refusal{Status: 500, Code: "insufficient_balance"}, Nobody, false, false}, // a fault of theirs, whatever it says
		{Refusal{Status: 403}, Denied, false, false},
		{Refusal{Status: 403, Code: "bad-credentials"}, Token, true, false},
		{Refusal{Status: 400, Message: "bad-credentials"}, Nobody, false, false},
		{Refusal{Status: 404}, Nobody, false, false},
		{Refusal{Status: 429}, Rate, true, false},
		{Refusal{Status: 499, ResetAt: noon}, Nobody, false, false},
		{Refusal{Status: 500}, Nobody, false, false},
		{Refusal{Status: 500, ResetAt: noon}, Busy, true, false},
		{Refusal{Status: 503, ResetAt: noon}, Busy, true, false},
		{Refusal{Status: StatusOverloaded}, Busy, true, false},
		// The provider's own rules go before the status.
		{Refusal{Status: 500, Means: Grant}, Grant, true, true},
		{Refusal{Status: 200, Means: Token}, Token, true, true},
		{Refusal{Status: 401, Means: Quota}, Quota, true, false},
		{Refusal{Status: 401, Means: Nobody}, Nobody, false, false},
		{Refusal{Status: 400, Means: Model}, Model, false, false},
		{Refusal{Status: 400, Means: Model, Model: "big"}, Model, true, false},
	} {
		r := tc.refusal
		if got := r.Meaning(); got != tc.means {
			t.Errorf("%+v: %q, want %q", r, got, tc.means)
		}
		if got := r.Passable(); got != tc.passable {
			t.Errorf("%+v: passable %t", r, got)
		}
		if got := r.RefusesToken(); got != tc.tell {
			t.Errorf("%+v: its token is refused: %t", r, got)
		}
	}
}

func TestRefusal_VerdictOfWhatDependsOnMore(t *testing.T) {
	for want, refusals := range map[Verdict][]Refusal{
		Nothing:  {{Status: 400, Means: Model}, {Status: 529}},
		CoolDown: {{Status: 400, Means: Model, Model: "big"}, {Status: 529, ResetAt: noon}, {Status: 200, Means: Quota}},
	} {
		for _, r := range refusals {
			if got := r.Verdict(); got != want {
				t.Errorf("%+v: %d, want %d", r, got, want)
			}
		}
	}
}

func TestRule_Codes(t *testing.T) {
	r := Rule{Codes: []string{"1008", "bad-credentials", "workspace_*"}, Words: []string{"high load"}}
	for code, want := range map[string]bool{
		"1008": true, "10081": false, "1007": false, "": false,
		"bad-credentials": true, "unauthenticated:bad-credentials": true, "bad-credentials:soon": true, "very-bad-credentials": false,
		"workspace_": true, "workspace_limit": true, "my_workspace_limit": false, "workspace": false,
	} {
		if got := r.HasCode(code); got != want {
			t.Errorf("%q: %t", code, got)
		}
	}
	if !r.HasWords("the server is under high load now") || r.HasWords("the load is high") || (Rule{}).HasWords("high load") {
		t.Error("words")
	}
}

// A cool-down of which a file has lost the end is no failure to count on, and one
// that a later refusal lengthens stays the same failure.
func TestCooldown_AfterCountsFailures(t *testing.T) {
	soon := noon.Add(time.Hour)
	for name, tc := range map[string]struct {
		before Cooldown
		r      Refusal
		now    time.Time
		want   int
	}{
		"the first":                 {Cooldown{}, Refusal{Status: 429}, noon, 1},
		"the first, in year one":    {Cooldown{Failures: 4}, Refusal{Status: 429}, time.Time{}.Add(time.Second), 1},
		"one more in a row":         {Cooldown{At: noon, Until: soon, Failures: 3}, Refusal{Status: 429}, soon, 4},
		"the same, for longer":      {Cooldown{At: noon, Until: soon, Failures: 3}, Refusal{Status: 429, ResetAt: soon.Add(1)}, noon, 3},
		"after it is long forgiven": {Cooldown{At: noon, Until: soon, Failures: 3}, Refusal{Status: 429}, soon.Add(forgiven), 1},
	} {
		if got := tc.before.After(tc.r, Odds{Now: tc.now}); got.Failures != tc.want {
			t.Errorf("%s: %d failures, want %d", name, got.Failures, tc.want)
		}
	}
}
