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
	"github.com/hermes-tui/hermes-tui/core/clock"
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

// Run tells about every account that begins to need a person, until ctx is done.
// Of those that do already, the person was told. While another process tells, it
// waits to take its place.
func (t *Teller) Run(ctx context.Context) {
	var lock *lockfile.Lock
	defer func() {
		t.under.Wait()
		if lock != nil {
			_ = lock.Unlock()
		}
	}()
	told := map[string]quarantine{}
	first := true
	for snapshot := range t.Accounts.Watch(ctx) {
		if snapshot.Err != nil {
			continue
		}
		if lock == nil {
			lock, _, _ = lockfile.Try(t.Lock) // without it the other one tells
		}
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
			if lock == nil || first {
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
		first = false
	}
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
