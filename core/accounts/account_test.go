package accounts

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
)

func TestAccount_State(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	ok := Account{Public: record.Public{
		ID: "a1b2c3", Gen: 1, Status: record.StatusOK, ObtainedAt: now.Add(-5 * time.Minute), ExpiresAt: now.Add(10 * time.Minute), Skew: time.Minute,
	}}
	rest := func(d time.Duration) pool.Limits {
		return pool.Limits{Cooldown: pool.Cooldown{At: now.Add(-time.Minute), Until: now.Add(d)}}
	}
	for name, tc := range map[string]struct {
		change func(a *Account)
		want   State
		words  string
		serves bool
		out    pool.Reason
	}{
		"fresh":                  {func(*Account) {}, OK, "ok", true, ""},
		"inside its skew":        {func(a *Account) { a.ExpiresAt = now.Add(30 * time.Second) }, Expiring, "expiring", true, ""},
		"at its end":             {func(a *Account) { a.ExpiresAt = now }, Expired, "expired", true, ""},
		"without an end":         {func(a *Account) { a.ExpiresAt = time.Time{} }, OK, "ok", true, ""},
		"being refreshed":        {func(a *Account) { a.RefreshingSince = now; a.ExpiresAt = now }, Refreshing, "refreshing", true, ""},
		"cooling down":           {func(a *Account) { a.Limits = rest(time.Minute) }, CoolingDown, "cooling down", false, pool.CoolingDown},
		"cooled down":            {func(a *Account) { a.Limits = rest(0) }, OK, "ok", true, ""},
		"another program's":      {func(a *Account) { a.Owner = "hermes-agent" }, Shared, "shared", true, ""},
		"another's, and ended":   {func(a *Account) { a.Owner, a.ExpiresAt = "hermes-agent", now }, Shared, "shared", false, pool.Shared},
		"keystore locked":        {func(a *Account) { a.Locked = true; a.ExpiresAt = now }, Locked, "locked", false, pool.Locked},
		"without tokens":         {func(a *Account) { a.SignedOut = true }, SignedOut, "signed out", false, pool.SignedOut},
		"not in the plan":        {func(a *Account) { a.NotIncluded = true; a.Locked = true }, NotIncluded, "not included", false, pool.NotIncluded},
		"dead, whatever else is": {func(a *Account) { a.Status = record.StatusQuarantined; a.NotIncluded, a.Locked = true, true }, NeedsSignIn, "needs sign-in", false, pool.NeedsSignIn},
	} {
		a := ok
		tc.change(&a)
		if got := a.State(now); got != tc.want || got.Words() != tc.words || a.CanServe(now) != tc.serves {
			t.Errorf("%s: %s (%q), serves %t", name, got, got.Words(), a.CanServe(now))
		}
		row := a.Row(now)
		if why, _ := row.Why("", now); why != tc.out {
			t.Errorf("%s: out for %q, want %q", name, why, tc.out)
		}
	}
	if SigningIn.Words() != "signing in" {
		t.Errorf("%q", SigningIn.Words())
	}
}
