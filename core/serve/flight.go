package serve

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// flightTime bounds a refresh that nobody waits for any more: the wait for
// another process's refresh, and its own.
const flightTime = 130 * time.Second

// watchEvery is how often a caller looks whether a detached refresh has brought
// new tokens.
const watchEvery = 30 * time.Millisecond

// flight is a refresh under way in this process; everybody who wants the same
// account waits for the same one.
type flight struct {
	req    refresh.Request
	done   chan struct{}
	result refresh.Result
	err    error
}

// refreshes refreshes accounts, each one's once whoever asks.
type refreshes struct {
	state     *state.State
	engine    *refresh.Engine
	refreshes *accounts.Refreshes

	mu      sync.Mutex
	flights map[string]*flight // by account
}

// refresh refreshes an account where no caller can cut it, and waits for the
// outcome until ctx is done. The refresh goes on when the caller leaves; for one who
// has left already none begins.
func (r *refreshes) refresh(ctx context.Context, id string, req refresh.Request) (refresh.Result, error) {
	if ctx.Err() != nil {
		return refresh.Result{}, notBegun(ctx)
	}
	if r.state.Detach != nil {
		return r.refreshDetached(ctx, id, req)
	}
	for {
		f, mine := r.join(id, req)
		if f == nil {
			return refresh.Result{}, notBegun(ctx)
		}
		if !mine && req.NoWait {
			return refresh.Result{Busy: true}, nil // as if another process had the lock
		}
		select {
		case <-f.done:
			if mine || f.answers(req) {
				return f.result, f.err
			}
		case <-ctx.Done():
			return refresh.Result{}, left(ctx)
		}
	}
}

// answers reports whether the outcome of somebody else's request is one for this
// request, too. It is not when that one gave up at once and this one waits, when
// a person forces what that one did not, or when it brought no newer tokens than
// those that the API refused.
func (f *flight) answers(req refresh.Request) bool {
	switch {
	case f.result.Busy:
		return false
	case req.Force && !f.req.Force, req.TakeOver && !f.req.TakeOver:
		return f.result.Rotated
	case req.Refused && f.err == nil:
		return f.result.Current.Head.Gen > req.Gen
	default:
		return true
	}
}

// join returns the account's refresh under way, starting one if there is none;
// mine says that it was started. Where the program has ended it returns nil.
func (r *refreshes) join(id string, req refresh.Request) (f *flight, mine bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if f, ok := r.flights[id]; ok {
		return f, false
	}
	f = &flight{req: req, done: make(chan struct{})}
	begun := r.state.Go(func() {
		defer r.state.Caught()
		ctx, cancel := context.WithTimeout(context.Background(), flightTime)
		defer cancel()
		f.result, f.err = r.engine.Refresh(ctx, id, req)
		r.mu.Lock()
		delete(r.flights, id)
		r.refreshes.End(id)
		r.mu.Unlock()
		close(f.done)
		r.state.Changed.Ring()
	})
	if !begun {
		return nil, false
	}
	r.flights[id] = f // before it can end, since r.mu is held
	r.refreshes.Begin(id, r.state.Clock.Now())
	r.state.Changed.Ring()
	return f, true
}

// refreshDetached lets another process refresh, and looks at the account's head
// meanwhile: it may be another process still that brings the tokens. While one
// is at it already, no further one is started: its outcome is the answer.
func (r *refreshes) refreshDetached(ctx context.Context, id string, req refresh.Request) (refresh.Result, error) {
	began := r.state.Clock.Now()
	before, err := r.state.Folder.ReadHead(id)
	if err != nil {
		return refresh.Result{}, err
	}
	for looks := 0; ; looks++ {
		if looks%lookAtLock == 0 {
			free, err := r.state.Unlocked(id)
			if err != nil {
				return refresh.Result{}, err
			}
			if free {
				break
			}
			if req.NoWait {
				return refresh.Result{Busy: true}, nil
			}
		}
		if err := clock.Sleep(ctx, r.state.Clock, watchEvery); err != nil {
			return refresh.Result{}, r.left(ctx, id, began)
		}
		h, err := r.state.Folder.ReadHead(id)
		if err != nil {
			return refresh.Result{}, err
		}
		switch {
		case h.Gen > before.Gen || h.Quarantined():
			return r.outcome(ctx, id, before.Gen, nil)
		case h.Attempts != before.Attempts && h.LastError != nil:
			return refresh.Result{}, refresh.LastFailure(h, r.state.Clock.Now())
		}
	}
	return r.runDetached(ctx, id, req, before)
}

// lookAtLock is how many looks at a head come on one at its lock, which whoever
// looks holds for a moment.
const lookAtLock = 8

// runDetached starts the process that refreshes and waits for it or for the
// tokens, whichever comes first.
func (r *refreshes) runDetached(ctx context.Context, id string, req refresh.Request, before *record.Head) (refresh.Result, error) {
	type end struct {
		note string
		err  error
	}
	ended, began := make(chan end, 1), r.state.Clock.Now()
	go func() {
		note, err := r.state.Detach(ctx, id, req)
		ended <- end{note, err}
	}()
	for {
		select {
		case e := <-ended:
			if e.err != nil && ctx.Err() != nil {
				e.err = r.left(ctx, id, began)
			}
			result, err := r.outcome(ctx, id, before.Gen, e.err)
			result.Note = e.note
			return result, err
		case <-r.state.Clock.After(watchEvery):
			h, err := r.state.Folder.ReadHead(id)
			if err == nil && h.Gen > before.Gen {
				return r.outcome(ctx, id, before.Gen, nil)
			}
		}
	}
}

// outcome reads what a refresh by another process came to.
func (r *refreshes) outcome(ctx context.Context, id string, before uint64, failed error) (refresh.Result, error) {
	if failed != nil {
		return refresh.Result{}, failed
	}
	current, err := r.state.Vault.Read(ctx, id)
	if err != nil {
		return refresh.Result{}, err
	}
	// Whoever lists the accounts next sees it, even if the other process has not
	// come to that yet. What cannot be written now, it writes.
	_ = r.state.Folder.Publish(ctx, current.Head)
	return refresh.Result{Current: current, Rotated: current.Head.Gen > before}, nil
}

// notBegun explains that no refresh began, since the caller or the program is at its end.
func notBegun(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &autherr.Error{
			Kind: autherr.Network, Code: autherr.CodeTimeout,
			Message: "no time was left to ask the provider for a new token",
			Hint:    "try again; nothing was lost", Err: ctx.Err(),
		}
	}
	return &autherr.Error{Kind: autherr.Failed, Code: autherr.CodeCanceled, Message: "stopped before a refresh was begun", Err: ctx.Err()}
}

// left explains that the caller stopped waiting; the refresh goes on.
func left(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return &autherr.Error{Kind: autherr.Failed, Code: autherr.CodeCanceled, Message: "stopped waiting; the refresh goes on", Err: ctx.Err()}
	}
	return &autherr.Error{
		Kind: autherr.Network, Code: autherr.CodeTimeout,
		Message: "the provider has not answered in time; the refresh goes on in the background",
		Hint:    "try again in a moment; nothing was lost", Err: ctx.Err(),
	}
}

// left is the same of a refresh that another process has, which may wait for a host of
// the fleet that began one before: an intent without a process of this machine.
func (r *refreshes) left(ctx context.Context, id string, began time.Time) error {
	h, err := r.state.Folder.ReadHead(id)
	if err != nil || h.Intent == nil || h.Intent.PID != 0 || !h.Intent.At.Before(began) || errors.Is(ctx.Err(), context.Canceled) {
		return left(ctx)
	}
	return &autherr.Error{
		Kind: autherr.Network, Code: autherr.CodeTimeout,
		Message: "a host of the fleet began a refresh before this one, and has not ended it or may have newer tokens",
		Hint:    "nothing needs to be done: its end is waited for, until the token that is served has ended", Err: ctx.Err(),
	}
}
