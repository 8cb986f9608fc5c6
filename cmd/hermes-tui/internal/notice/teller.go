package notice

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os/exec"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// commandTime bounds the command.
const commandTime = 10 * time.Second

// Teller tells about accounts for as long as it runs.
type Teller struct {
	Accounts *core.Core
	Clock    clock.Clock
	Log      *slog.Logger
	Command  []string // never empty
	SignIn   bool     // begin the sign-in, too
	Lock     string   // path of the lock of whoever tells

	under sync.WaitGroup
}

// quarantine is one that was told about.
type quarantine struct {
	of   time.Time
	stop context.CancelFunc // ends the sign-in that waits
}

// plansEvery is how often it is looked for what has come to be true of plans by time
// alone.
const plansEvery = 30 * time.Second

// Run tells about every account that begins to need a person, and about plans, until
// ctx is done. Of those that need one already, the person was told; what was told of
// plans is noted. While another process tells, it waits to take its place.
func (t *Teller) Run(ctx context.Context) {
	var lock *lockfile.Lock
	defer func() {
		t.under.Wait()
		if lock != nil {
			_ = lock.Unlock()
		}
	}()
	told, first := map[string]quarantine{}, true
	snapshots := t.Accounts.Watch(ctx)
	for {
		select {
		case snapshot, more := <-snapshots:
			if !more {
				return
			}
			if snapshot.Err != nil {
				continue
			}
			if lock == nil {
				lock, _, _ = lockfile.Try(t.Lock) // without it the other one tells
			}
			t.quarantined(ctx, snapshot, told, lock != nil && !first)
			first = false
		case <-t.Clock.After(plansEvery):
		}
		if lock != nil {
			t.plans(ctx)
		}
	}
}

// quarantined tells about the accounts that need a person since the snapshot before,
// if it is to tell, and notes them.
func (t *Teller) quarantined(ctx context.Context, snapshot core.Snapshot, told map[string]quarantine, tells bool) {
	waiting := map[string]bool{}
	for _, account := range snapshot.Accounts {
		if !account.Quarantined() || account.Marker == nil {
			continue
		}
		before, known := told[account.ID]
		if known && before.of.Equal(account.Marker.At) {
			waiting[account.ID] = true
			continue
		}
		if known { // signed in, and quarantined anew, between two looks
			before.stop()
		}
		one, stop := context.WithCancel(ctx)
		told[account.ID], waiting[account.ID] = quarantine{account.Marker.At, stop}, true
		if !tells {
			continue
		}
		t.under.Go(func() {
			defer stop()
			t.about(one, account)
		})
	}
	for id, one := range told { // somebody was faster, or removed it
		if !waiting[id] {
			one.stop()
			delete(told, id)
		}
	}
}

// plans tells what is new of the plans.
func (t *Teller) plans(ctx context.Context) {
	all, err := t.Accounts.PlanNews(ctx, usage.ByCommand)
	if err != nil && ctx.Err() == nil {
		t.Log.Warn("what is new of the plans cannot be noted, and is not told", "error", err)
	}
	if len(all) == 0 {
		return
	}
	snapshot, now := t.Accounts.Snapshot(), t.Clock.Now()
	t.under.Go(func() {
		for _, news := range all {
			if account, ok := snapshot.Find(news.Account); ok {
				t.tell(context.WithoutCancel(ctx), planned(account, news, now)) // it is told once
			}
		}
	})
}

// about tells about one account.
func (t *Teller) about(ctx context.Context, a core.Account) {
	if !t.SignIn {
		t.tell(ctx, needs(a, t.Clock.Now()))
		return
	}
	for event := range t.Accounts.SignIn(ctx, core.SignInOptions{Account: a.ID}) {
		switch e := event.(type) {
		case core.CodeIssued:
			t.Log.Info("a sign-in has begun and waits for the approval", "account", a.ID)
			t.tell(ctx, waits(a, e, t.Clock.Now()))
		case core.Asking:
			e.Answer(core.Discard) // nobody is here who could say that the other person is meant
		case core.SignedIn:
			n := about(SignedIn, e.Account, t.Clock.Now())
			n.Message = n.Account + " is signed in again"
			t.tell(context.WithoutCancel(ctx), n) // the watch has seen it, too
		case core.SignInFailed:
			if ctx.Err() != nil {
				t.Log.Info("a sign-in that waited is not needed any more", "account", a.ID)
				return
			}
			if e.Err.Code == autherr.CodeSigningIn { // that host tells of it
				t.Log.Info("another host of the fleet signs the account in", "account", a.ID)
				return
			}
			t.tell(ctx, failed(a, e.Err, t.Clock.Now()))
		}
	}
}

// tell runs the command.
func (t *Teller) tell(ctx context.Context, n Notice) {
	text, err := json.Marshal(n)
	if err != nil {
		t.Log.Warn("a notice cannot be written", "error", err)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, t.Command[0], t.Command[1:]...)
	cmd.Stdin = bytes.NewReader(append(text, '\n'))
	cmd.WaitDelay = time.Second
	if err := cmd.Run(); err != nil {
		t.Log.Warn("the command of notices failed", "event", n.Event, "account", n.ID, "error", err)
		return
	}
	t.Log.Info("told", "event", n.Event, "account", n.ID)
}
