package core

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFollowed: the provider is asked unbidden about accounts in use, and with a
// token that is good anyway.
func TestFollowed(t *testing.T) {
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	good := func() Account {
		return Account{LastUsedAt: now.Add(-time.Minute), Public: record.Public{
			Status: record.StatusOK, ObtainedAt: now, ExpiresAt: now.Add(15 * time.Minute), Skew: time.Minute,
		}}
	}
	for name, c := range map[string]struct {
		change func(*Account)
		want   bool
	}{
		"in use":             {func(*Account) {}, true},
		"an hour ago":        {func(a *Account) { a.LastUsedAt = now.Add(-time.Hour) }, true},
		"longer ago":         {func(a *Account) { a.LastUsedAt = now.Add(-time.Hour - time.Second) }, false},
		"never":              {func(a *Account) { a.LastUsedAt = time.Time{} }, false},
		"in the future":      {func(a *Account) { a.LastUsedAt = now.Add(time.Hour) }, false},
		"cooling down":       {func(a *Account) { a.Cooldown = pool.Cooldown{At: now, Until: now.Add(time.Minute)} }, true},
		"a key":              {func(a *Account) { a.ExpiresAt = time.Time{} }, true},
		"its token is due":   {func(a *Account) { a.ObtainedAt, a.ExpiresAt = now.Add(-14*time.Minute), now.Add(30*time.Second) }, false},
		"expired":            {func(a *Account) { a.ExpiresAt = now.Add(-time.Second) }, false},
		"quarantined":        {func(a *Account) { a.Status = record.StatusQuarantined }, false},
		"locked":             {func(a *Account) { a.Locked = true }, false},
		"not included":       {func(a *Account) { a.NotIncluded = true }, false},
		"signed out":         {func(a *Account) { a.SignedOut = true }, false},
		"asked a moment ago": {func(a *Account) { a.Plan = &usage.Known{Asked: now.Add(-5*time.Minute + time.Second)} }, false},
		"asked before":       {func(a *Account) { a.Plan = &usage.Known{Asked: now.Add(-5 * time.Minute)} }, true},
		"not to be asked":    {func(a *Account) { a.Plan = &usage.Known{NotBefore: now.Add(time.Minute)} }, false},
	} {
		a := good()
		c.change(&a)
		if got := followed(a, true, now); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
		if followed(a, false, now) {
			t.Errorf("%s: of a provider that tells nowhere", name)
		}
	}
}

// TestFollowPlans: an account in use is asked about every five minutes, the others
// never, and none once its token is due.
func TestFollowPlans(t *testing.T) {
	var mu sync.Mutex
	var asked []time.Time
	clock := new(rushing)
	r := newRigAt(t, clock, sandbox.Options{AccessTTL: 15 * time.Minute, OnEvent: func(e sandbox.Event) {
		if e.Kind == sandbox.KindPlan && e.Outcome == sandbox.Received {
			mu.Lock()
			defer mu.Unlock()
			asked = append(asked, clock.Now())
		}
	}})
	used, idle := r.account("used"), r.account("idle")
	other := r.open()
	if _, err := other.Token(t.Context(), used.ID, TokenOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := other.Close(t.Context()); err != nil { // which writes down that it was used
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan struct{})
	began := clock.Now()
	go func() {
		defer close(ended)
		r.core.FollowPlans(ctx)
	}()
	for clock.Now().Sub(began) < 30*time.Minute {
		runtime.Gosched()
	}
	end()
	<-ended
	mu.Lock()
	defer mu.Unlock()
	if len(asked) != 3 {
		t.Fatalf("asked at %v", asked)
	}
	for i := 1; i < len(asked); i++ {
		if asked[i].Sub(asked[i-1]) < 5*time.Minute-time.Second {
			t.Errorf("asked at %v", asked)
		}
	}
	if at := r.core.Plans()[idle.ID].Asked; !at.IsZero() {
		t.Errorf("an account that nobody uses was asked about at %v", at)
	}
	if got, err := r.core.SelectOne(used.ID); err != nil || !got.LastRefreshAt.IsZero() {
		t.Errorf("its token was refreshed: %+v, %v", got, err)
	}
}
