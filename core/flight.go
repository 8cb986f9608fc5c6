package core

import (
	"context"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
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

// renew refreshes an account where no caller can cut it, and waits for the
// outcome until ctx is done. The refresh goes on when the caller leaves.
func (c *Core) renew(ctx context.Context, id string, req refresh.Request) (refresh.Result, error) {
	if c.state.Detach != nil {
		return c.renewDetached(ctx, id, req)
	}
	for {
		f, mine := c.join(id, req)
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
	case req.Force && !f.req.Force:
		return f.result.Rotated
	case req.Refused && f.err == nil:
		return f.result.Current.Head.Gen > req.Gen
	default:
		return true
	}
}

// join returns the account's refresh under way, starting one if there is none;
// mine says that it was started.
func (c *Core) join(id string, req refresh.Request) (f *flight, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.flights[id]; ok {
		return f, false
	}
	f = &flight{req: req, done: make(chan struct{})}
	c.flights[id] = f
	c.underway.Begin(id, c.state.Clock.Now())
	c.state.Go(func() {
		defer c.state.Caught()
		ctx, cancel := context.WithTimeout(context.Background(), flightTime)
		defer cancel()
		f.result, f.err = c.engine.Refresh(ctx, id, req)
		c.mu.Lock()
		delete(c.flights, id)
		c.underway.End(id)
		c.mu.Unlock()
		close(f.done)
		c.state.Changed.Ring()
	})
	c.state.Changed.Ring()
	return f, true
}

// renewDetached lets another process refresh, and looks at the account's head
// meanwhile: it may be another process still that brings the tokens. While one
// is at it already, no further one is started: its outcome is the answer.
func (c *Core) renewDetached(ctx context.Context, id string, req refresh.Request) (refresh.Result, error) {
	before, err := c.state.Folder.ReadHead(id)
	if err != nil {
		return refresh.Result{}, err
	}
	for looks := 0; ; looks++ {
		if looks%lookAtLock == 0 {
			free, err := c.state.Unlocked(id)
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
		if err := clock.Sleep(ctx, c.state.Clock, watchEvery); err != nil {
			return refresh.Result{}, left(ctx)
		}
		h, err := c.state.Folder.ReadHead(id)
		if err != nil {
			return refresh.Result{}, err
		}
		switch {
		case h.Gen > before.Gen || h.Quarantined():
			return c.outcome(ctx, id, before.Gen, nil)
		case h.Attempts != before.Attempts && h.LastError != nil:
			return refresh.Result{}, refresh.LastFailure(h, c.state.Clock.Now())
		}
	}
	return c.runDetached(ctx, id, req, before)
}

// lookAtLock is how many looks at a head come on one at its lock, which whoever
// looks holds for a moment.
const lookAtLock = 8

// runDetached starts the process that refreshes and waits for it or for the
// tokens, whichever comes first.
func (c *Core) runDetached(ctx context.Context, id string, req refresh.Request, before *record.Head) (refresh.Result, error) {
	type end struct {
		note string
		err  error
	}
	ended := make(chan end, 1)
	go func() {
		note, err := c.state.Detach(ctx, id, req)
		ended <- end{note, err}
	}()
	for {
		select {
		case e := <-ended:
			if e.err != nil && ctx.Err() != nil {
				e.err = left(ctx)
			}
			result, err := c.outcome(ctx, id, before.Gen, e.err)
			result.Note = e.note
			return result, err
		case <-c.state.Clock.After(watchEvery):
			h, err := c.state.Folder.ReadHead(id)
			if err == nil && h.Gen > before.Gen {
				return c.outcome(ctx, id, before.Gen, nil)
			}
		}
	}
}

// outcome reads what a refresh by another process came to.
func (c *Core) outcome(ctx context.Context, id string, before uint64, failed error) (refresh.Result, error) {
	if failed != nil {
		return refresh.Result{}, failed
	}
	current, err := c.state.Vault.Read(ctx, id)
	if err != nil {
		return refresh.Result{}, err
	}
	// Whoever lists the accounts next sees it, even if the other process has not
	// come to that yet. What cannot be written now, it writes.
	_ = c.state.Folder.Publish(ctx, current.Head)
	return refresh.Result{Current: current, Rotated: current.Head.Gen > before}, nil
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

// RefreshOptions says how much a person insists.
type RefreshOptions struct {
	// Force renews even right after a rotation, and although the provider asked
	// to wait.
	Force bool
}

// Refresh renews the account's token because a person asked. Within a minute of
// the last rotation, or while the provider is not to be asked, it does nothing
// and the result's note says why, unless forced.
func (c *Core) Refresh(ctx context.Context, id string, o RefreshOptions) (RefreshResult, error) {
	req := refresh.Request{Asked: true, Force: o.Force}
	if h, err := c.state.Folder.ReadHead(id); err == nil {
		req.Gen = h.Gen
	}
	result, err := c.renew(ctx, id, req)
	// Whoever else brought the outcome may not have copied it yet, and the person
	// looks at the list next.
	if h, failed := c.state.Folder.ReadHead(id); failed == nil {
		if failed := c.state.Folder.Publish(ctx, h); failed != nil {
			c.state.Log.Warn("could not copy the account's state into the pool file", "account", id, "error", failed)
		}
	}
	account, found := c.Snapshot().Find(id)
	if err == nil && !found {
		_, err = c.state.Folder.ReadHead(id)
	}
	return RefreshResult{Account: account, Rotated: result.Rotated || result.Adopted, Note: result.Note}, err
}

// RefreshDetached is the refresh that a detached process runs for a caller that
// may be gone before it ends.
func (c *Core) RefreshDetached(ctx context.Context, id string, req refresh.Request) (note string, err error) {
	f, _ := c.join(id, req)
	select {
	case <-f.done:
		return f.result.Note, f.err
	case <-ctx.Done():
		return "", left(ctx)
	}
}
