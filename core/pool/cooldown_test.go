package pool

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestRefusal_VerdictAndRest(t *testing.T) {
	const no = -1
	for _, tc := range []struct {
		refusal Refusal
		verdict Verdict
		rest    time.Duration // of the first failure
		sole    time.Duration // when no other account is signed in
	}{
		{Refusal{Status: 401, Code: "token_invalidated"}, SignIn, no, no},
		{Refusal{Status: 401, Code: "token_revoked"}, SignIn, no, no},
		{Refusal{Status: 401, Code: "invalid_token"}, SignIn, no, no},
		{Refusal{Status: 401, Code: "invalid_grant"}, SignIn, no, no},
		{Refusal{Status: 401, Code: "unauthorized_client"}, SignIn, no, no},
		{Refusal{Status: 401, Code: "Refresh_Token_Reused"}, SignIn, no, no},
		{Refusal{Status: 401, Message: "token_revoked"}, CoolDown, 5 * time.Minute, time.Minute}, // its text alone kills nothing
		{Refusal{Status: 401, Code: "Unauthorized"}, CoolDown, 5 * time.Minute, time.Minute},
		{Refusal{Status: 403, Code: "invalid_grant"}, CoolDown, time.Hour, time.Minute},
		{Refusal{Status: 403, Message: "unauthenticated:bad-credentials"}, CoolDown, 5 * time.Minute, time.Minute},
		{Refusal{Status: 402}, CoolDown, time.Hour, time.Hour},
		{Refusal{Status: 429, Code: "insufficient_quota"}, CoolDown, time.Hour, time.Hour},
		{Refusal{Status: 402, Code: "billing_unverified"}, CoolDown, time.Minute, time.Minute},
		{Refusal{Status: 429}, CoolDown, time.Minute, time.Minute},
		{Refusal{Status: 529, ResetAt: noon.Add(7 * time.Minute)}, CoolDown, 7 * time.Minute, 7 * time.Minute},
		{Refusal{Status: 529}, Nothing, no, no},
		{Refusal{Status: 503, Code: "invalid_grant"}, Nothing, no, no},
		{Refusal{Status: 400, Code: "invalid_request_error"}, Nothing, no, no},
		{Refusal{Status: 404}, Nothing, no, no},
	} {
		name := fmt.Sprintf("%d %s %s", tc.refusal.Status, tc.refusal.Code, tc.refusal.Message)
		if got := tc.refusal.Verdict(); got != tc.verdict {
			t.Errorf("%s: verdict %d, want %d", name, got, tc.verdict)
		}
		if tc.verdict != CoolDown {
			continue
		}
		for sole, want := range map[bool]time.Duration{false: tc.rest, true: tc.sole} {
			c := Cooldown{}.After(tc.refusal, Odds{Now: noon, Sole: sole})
			if got := c.Until.Sub(noon); got != want || !c.Holds(noon) || c.Holds(c.Until) {
				t.Errorf("%s, sole %t: rests %s, want %s", name, sole, got, want)
			}
		}
	}
}

// The times of hermes-agent, at which its tests say that an account is back.
func TestCooldown_IsOverWhenUpstreamsIs(t *testing.T) {
	for status, after := range map[int]time.Duration{401: 310 * time.Second, 402: 3700 * time.Second, 403: 3700 * time.Second, 429: 3700 * time.Second} {
		c := Cooldown{}.After(Refusal{Status: status}, Odds{Now: noon})
		if !c.Holds(noon) || c.Holds(noon.Add(after)) {
			t.Errorf("%d: until %s", status, c.Until)
		}
	}
}

func TestCooldown_NamedTime(t *testing.T) {
	for name, tc := range map[string]struct {
		reset time.Time
		want  time.Duration
		named bool
	}{
		"seconds":                  {noon.Add(9 * time.Second), 9 * time.Second, true},
		"a week":                   {noon.AddDate(0, 0, 7), 7 * 24 * time.Hour, true},
		"over already":             {noon.Add(-time.Second), time.Minute, false},
		"by a clock that is wrong": {noon.AddDate(1, 0, 0), time.Minute, false},
	} {
		c := Cooldown{}.After(Refusal{Status: 429, ResetAt: tc.reset}, Odds{Now: noon, Sole: true})
		if got := c.Until.Sub(noon); got != tc.want || c.Named != tc.named {
			t.Errorf("%s: %s, named %t", name, got, c.Named)
		}
	}
}

// What is named beyond what the limit's window can be counts as unnamed.
func TestCooldown_ATimeBeyondItsWindow(t *testing.T) {
	for status, window := range map[int]time.Duration{
		429: 31 * 24 * time.Hour, 402: 31 * 24 * time.Hour, 401: 24 * time.Hour, 403: 24 * time.Hour, 503: time.Hour, 529: time.Hour,
	} {
		within := Cooldown{}.After(Refusal{Status: status, ResetAt: noon.Add(window)}, Odds{Now: noon})
		beyond := Cooldown{}.After(Refusal{Status: status, ResetAt: noon.Add(window + time.Second)}, Odds{Now: noon})
		usual := Cooldown{}.After(Refusal{Status: status}, Odds{Now: noon})
		if !within.Named || within.Until.Sub(noon) != window || beyond.Named || beyond.Until != usual.Until {
			t.Errorf("%d: %+v, %+v", status, within, beyond)
		}
	}
}

func TestCooldown_BacksOff(t *testing.T) {
	var rests []string
	now, c := noon, Cooldown{}
	for range 9 {
		c = c.After(Refusal{Status: 429}, Odds{Now: now})
		rests = append(rests, c.Until.Sub(now).String())
		now = c.Until.Add(time.Second)
	}
	if got := strings.Join(rests, " "); got != "1m0s 2m0s 4m0s 8m0s 16m0s 32m0s 1h0m0s 1h0m0s 1h0m0s" {
		t.Errorf("rests %s", got)
	}
	if c = c.After(Refusal{Status: 429}, Odds{Now: c.Until.Add(forgiven)}); c.Failures != 1 {
		t.Errorf("%d failures after an hour of service", c.Failures)
	}
	if c = (Cooldown{}).After(Refusal{Status: 429}, Odds{Now: noon, Jitter: 0.999}); c.Until.Sub(noon) < 45*time.Second || c.Until.Sub(noon) >= time.Minute {
		t.Errorf("with jitter %s", c.Until.Sub(noon))
	}
}

// A hundred requests were under way when the account was refused: that is one
// failure.
func TestCooldown_ManyRefusalsAtOnceCountOnce(t *testing.T) {
	c := Cooldown{}.After(Refusal{Status: 429}, Odds{Now: noon})
	for i := range 100 {
		if next := c.After(Refusal{Status: 429}, Odds{Now: noon.Add(time.Duration(i) * time.Millisecond)}); next != c {
			t.Fatalf("changed to %+v", next)
		}
	}
	later := c.After(Refusal{Status: 429, ResetAt: noon.Add(time.Hour)}, Odds{Now: noon})
	if later.Until != noon.Add(time.Hour) || later.Failures != 1 || !later.Named {
		t.Errorf("a later time: %+v", later)
	}
	if sooner := later.After(Refusal{Status: 429, ResetAt: noon.Add(time.Minute)}, Odds{Now: noon}); sooner != later {
		t.Errorf("a sooner time: %+v", sooner)
	}
}

// A clock that was wrong when a cool-down was written, or is wrong now, blocks
// nobody for longer than the provider meant, give or take minutes.
func TestCooldown_ClockJumps(t *testing.T) {
	c := Cooldown{}.After(Refusal{Status: 402}, Odds{Now: noon})
	for jump, holds := range map[time.Duration]bool{
		0: true, -time.Minute: true, time.Minute: true,
		-time.Hour: false, -365 * 24 * time.Hour: false, 365 * 24 * time.Hour: false,
	} {
		if got := c.Holds(noon.Add(jump)); got != holds {
			t.Errorf("clock set by %s: holds %t", jump, got)
		}
	}
	forged := Cooldown{At: noon.AddDate(-50, 0, 0), Until: noon.AddDate(50, 0, 0)}
	if forged.Holds(noon) {
		t.Error("a cool-down of a century holds")
	}
}

func TestLimits_ModelsRestOnTheirOwn(t *testing.T) {
	l, changed := Limits{}.With(Refusal{Status: 429, Model: "big"}, Odds{Now: noon})
	if !changed || l.Cooldown != (Cooldown{}) || !l.Until("", noon).IsZero() || !l.Until("small", noon).IsZero() || l.Until("big", noon) != noon.Add(time.Minute) {
		t.Fatalf("%+v", l)
	}
	whole, _ := l.With(Refusal{Status: 402}, Odds{Now: noon})
	if whole.Until("big", noon) != noon.Add(time.Hour) || len(l.Models) != 1 || !l.Until("", noon).IsZero() {
		t.Fatalf("%+v, before %+v", whole, l)
	}
	for i := range 100 {
		l, _ = l.With(Refusal{Status: 429, Model: fmt.Sprint(i)}, Odds{Now: noon})
	}
	if len(l.Models) > maxModels || l.Until("99", noon).IsZero() {
		t.Fatalf("%d models", len(l.Models))
	}
}

func TestRefusal_Outdated(t *testing.T) {
	for _, tc := range []struct {
		refusal Refusal
		want    bool
	}{
		{Refusal{Status: 429}, false},
		{Refusal{Status: 429, Gen: 3}, false}, // a limit is not the token's
		{Refusal{Status: 429, Gen: 1}, true},  // before the sign-in
		{Refusal{Status: 401, Gen: 3}, true},  // refreshed since
		{Refusal{Status: 401, Gen: 4}, false},
		{Refusal{Status: 401, Gen: 5}, false}, // the row lags behind its head
	} {
		if got := tc.refusal.Outdated(2, 4); got != tc.want {
			t.Errorf("%+v: %t", tc.refusal, got)
		}
	}
}
