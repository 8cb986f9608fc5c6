package core

import (
	"context"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// eventually waits until something is so; a machine may be slow, but not for
// ever.
func eventually(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !so(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within a minute: %s", what)
		}
	}
}

func TestIsDue(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	due := r.clock.Now().Add(14*time.Minute + 30*time.Second)
	for name, tc := range map[string]struct {
		now    time.Time
		change func(*Account)
		head   func(h *record.Head)
		want   bool
	}{
		"fresh":               {r.clock.Now(), nil, nil, false},
		"inside its skew":     {due, nil, nil, true},
		"ended":               {due.Add(time.Hour), nil, nil, true},
		"dead":                {due, func(a *Account) { a.Status = record.StatusQuarantined }, nil, false},
		"another program's":   {due, func(a *Account) { a.Owner = "hermes-agent" }, nil, false},
		"locked":              {due, func(a *Account) { a.Locked = true }, nil, false},
		"without tokens":      {due, func(a *Account) { a.SignedOut = true }, nil, false},
		"not in the plan":     {due, func(a *Account) { a.NotIncluded = true }, nil, false},
		"never signed in":     {due, func(a *Account) { a.Gen = 0 }, nil, false},
		"removed meanwhile":   {due, func(a *Account) { a.ID = "ffffffffff" }, nil, false},
		"discontinued":        {due, func(a *Account) { a.Provider, a.Region = "qwen-oauth", "global" }, nil, false},
		"backing off":         {due, nil, func(h *record.Head) { h.NotBefore = due.Add(time.Minute) }, false},
		"has backed off":      {due, nil, func(h *record.Head) { h.NotBefore = due }, true},
		"a clock that jumped": {due, nil, func(h *record.Head) { h.NotBefore = due.AddDate(1, 0, 0) }, true},
	} {
		one := a
		if tc.change != nil {
			tc.change(&one)
		}
		h, err := r.core.state.Folder.ReadHead(a.ID)
		if err != nil {
			t.Fatal(err)
		}
		h.NotBefore = time.Time{} // what the case before left
		if tc.head != nil {
			tc.head(h)
		}
		if err := r.core.state.Folder.WriteHead(h); err != nil {
			t.Fatal(err)
		}
		job, before := r.core.Ahead(one, tc.now), r.refreshes()
		got := job != nil
		if got && one.Shared() { // its owner's file is looked at
			if err := job(t.Context()); err != nil {
				t.Error(err)
			}
			got = r.refreshes() != before
		}
		if got != tc.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestAutoRefresh_OneWindowRefreshesAheadOfTime(t *testing.T) {
	r := newRig(t)
	a, dead := r.account("work"), r.account("dead")
	if err := r.core.state.Vault.Quarantine(t.Context(), dead.ID, 0, record.Note{Code: "invalid_grant"}); err != nil {
		t.Fatal(err)
	}
	// Another window has the lock; this one waits for its turn.
	other, ok, err := lockfile.Try(r.core.state.Folder.AutoLockPath())
	if err != nil || !ok {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); r.core.AutoRefresh(ctx) }()
	start := r.clock.Now()
	eventually(t, "the second window looks for the lock", func() bool { return r.clock.Now().Sub(start) > 20*time.Minute })
	if n := r.refreshes(); n != 0 {
		t.Errorf("%d refreshes by two windows", n)
	}
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "three refreshes", func() bool { return r.refreshes() >= 3 })
	cancel()
	<-ended
	if err := r.core.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if s, _ := r.core.Snapshot().Find(a.ID); s.Gen < 4 || s.Quarantined() {
		t.Errorf("%+v", s)
	}
	if lock, ok, err := lockfile.Try(r.core.state.Folder.AutoLockPath()); err != nil || !ok {
		t.Errorf("the lock is still held: %v", err)
	} else if err := lock.Unlock(); err != nil {
		t.Error(err)
	}
}

func TestAutoRefresh_EndsWhileItWaits(t *testing.T) {
	r := newRig(t)
	if err := r.core.state.Folder.Ensure(); err != nil {
		t.Fatal(err)
	}
	other, ok, err := lockfile.Try(r.core.state.Folder.AutoLockPath())
	if err != nil || !ok {
		t.Fatal(err)
	}
	defer func() { _ = other.Unlock() }()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r.core.AutoRefresh(ctx)
}

// A window brings a shared account what its owner has fetched.
func TestAutoRefresh_FollowsOwners(t *testing.T) {
	a := newAgent(newRig(t), 1)
	id := a.imports(ImportOptions{}).Imported[0].ID
	a.clock.Advance(14*time.Minute + 30*time.Second)
	a.refresh(0)
	shared, _ := a.core.Snapshot().Find(id)
	job := a.core.Ahead(shared, a.clock.Now())
	if job == nil {
		t.Fatal("nothing is done for a shared account inside its skew")
	}
	if err := job(t.Context()); err != nil {
		t.Fatal(err)
	}
	if now, _ := a.core.Snapshot().Find(id); !now.ExpiresAt.After(shared.ExpiresAt) || !now.Shared() {
		t.Errorf("%+v", now)
	}
	if fresh, _ := a.core.Snapshot().Find(id); a.core.Ahead(fresh, a.clock.Now()) != nil {
		t.Error("something is done for a fresh one")
	}
}
