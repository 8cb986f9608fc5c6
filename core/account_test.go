package core

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// What an account's state is called, and whether it can serve. A token that has
// ended is no sign-in that has ended.
func TestAccount_State(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	live := record.Public{Status: record.StatusOK, ObtainedAt: now.Add(-time.Minute), ExpiresAt: now.Add(14 * time.Minute), Skew: time.Minute}
	with := func(change func(*Account)) Account {
		a := Account{Public: live}
		change(&a)
		return a
	}
	rest := pool.Cooldown{At: now, Until: now.Add(time.Hour)}
	for name, tc := range map[string]struct {
		account Account
		state   State
		serves  bool
	}{
		"fresh":                 {with(func(*Account) {}), OK, true},
		"in its last minute":    {with(func(a *Account) { a.ExpiresAt = now.Add(30 * time.Second) }), Expiring, true},
		"ended, refreshable":    {with(func(a *Account) { a.ExpiresAt = now.Add(-time.Hour) }), Expired, true},
		"being renewed":         {with(func(a *Account) { a.RefreshingSince = now }), Refreshing, true},
		"resting":               {with(func(a *Account) { a.Cooldown = rest }), CoolingDown, false},
		"rested":                {with(func(a *Account) { a.Cooldown = pool.Cooldown{At: now.Add(-2 * time.Hour), Until: now} }), OK, true},
		"one model rests":       {with(func(a *Account) { a.Models = map[string]pool.Cooldown{"big": rest} }), OK, true},
		"quarantined":           {with(func(a *Account) { a.Status = record.StatusQuarantined }), NeedsSignIn, false},
		"quarantined and rests": {with(func(a *Account) { a.Status, a.Cooldown = record.StatusQuarantined, rest }), NeedsSignIn, false},
		"no API in the plan":    {with(func(a *Account) { a.NotIncluded = true }), NotIncluded, false},
		"locked":                {with(func(a *Account) { a.Locked = true }), Locked, false},
		"signed out":            {with(func(a *Account) { a.SignedOut = true }), SignedOut, false},
		"shared":                {with(func(a *Account) { a.Owner = "hermes-agent" }), Shared, true},
		"shared, ended":         {with(func(a *Account) { a.Owner, a.ExpiresAt = "hermes-agent", now }), Shared, false},
	} {
		if got := tc.account.State(now); got != tc.state {
			t.Errorf("%s: %s, want %s", name, got, tc.state)
		}
		if got := tc.account.CanServe(now); got != tc.serves {
			t.Errorf("%s: can serve %t", name, got)
		}
	}
}
