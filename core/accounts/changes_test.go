package accounts

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// Before the moment that it names, an account is to the choice what it was.
func TestAccount_Changes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawAccount(t)
		now := drawTime(t, "now")
		changes := a.Changes(now)
		if !changes.IsZero() && !changes.After(now) {
			t.Fatalf("changes at %s, before %s", changes, now)
		}
		before := a.Row(now)
		for _, later := range moments() {
			if later.Before(now) || !changes.IsZero() && !later.Before(changes) {
				continue
			}
			after := a.Row(later)
			for _, model := range []string{"", "m"} {
				why, until := before.Why(model, now)
				if still, end := after.Why(model, later); still != why || !end.Equal(until) {
					t.Fatalf("%q until %s at %s, %q until %s at %s; changes at %s", why, until, now, still, end, later, changes)
				}
				if was, is := a.Left(model, now), a.Left(model, later); was != is {
					t.Fatalf("%+v left at %s, %+v at %s; changes at %s", was, now, is, later, changes)
				}
			}
		}
	})
}

// moments are some around which everything happens.
func moments() (all []time.Time) {
	for _, hours := range []time.Duration{-30, -25, -24, -2, -1, 0, 1, 2, 24, 30} {
		for _, more := range []time.Duration{-5 * time.Minute, -1, 0, 1, 700 * time.Millisecond, 66 * time.Second} {
			all = append(all, noon.Add(hours*time.Hour+more))
		}
	}
	return all
}

func drawTime(t *rapid.T, what string) time.Time {
	hours := rapid.SampledFrom([]time.Duration{-25, -1, 0, 0, 1, 25}).Draw(t, what)
	return noon.Add(hours*time.Hour + rapid.SampledFrom([]time.Duration{0, 700 * time.Millisecond}).Draw(t, "and"))
}

func drawAccount(t *rapid.T) *Account {
	maybe := func(what string) (at time.Time) {
		if rapid.IntRange(0, 2).Draw(t, "has "+what) == 0 {
			at = drawTime(t, what)
		}
		return at
	}
	rest := func() pool.Cooldown { return pool.Cooldown{At: maybe("refusal"), Until: maybe("rest")} }
	a := &Account{
		Public: record.Public{
			Locked: rapid.IntRange(0, 9).Draw(t, "locked") == 0, ExpiresAt: drawTime(t, "expiry"), NotBefore: maybe("wait"), RefreshingSince: maybe("refresh"),
			Owner: rapid.SampledFrom([]string{"", "", "hermes-agent"}).Draw(t, "owner"),
		},
		Limits: pool.Limits{Cooldown: rest(), Models: map[string]pool.Cooldown{"m": rest()}},
		Paused: pool.Pause{At: maybe("pause"), Until: maybe("resume")}, RefreshingSince: maybe("own refresh"),
	}
	if !rapid.Bool().Draw(t, "told") {
		return a
	}
	used := 40.0
	a.Plan = &usage.Known{Reading: usage.Reading{At: drawTime(t, "told at"), Blocked: rapid.SampledFrom([]string{"", "no paid access"}).Draw(t, "blocked")}}
	for _, scope := range []string{"", "m"} {
		length := rapid.SampledFrom([]time.Duration{0, time.Hour, 25 * time.Hour}).Draw(t, "length")
		a.Plan.Reading.Windows = append(a.Plan.Reading.Windows, usage.Window{Scope: scope, Used: &used, Length: length, Resets: maybe("reset"), Told: drawTime(t, "window told at")})
	}
	return a
}
