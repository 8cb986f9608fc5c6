package keystore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// errHanging is the answer while an earlier call hangs in the keyring.
var errHanging = errors.New("an earlier call has not come back")

// caller makes calls that may block for ever or panic, one at a time, in a
// goroutine of their own. A caller that gives up leaves the call to itself;
// until it comes back no other one is begun, so that hanging calls do not pile
// up. Nobody waits for one that has had its time: whatever a command still asks
// is answered at once.
type caller struct {
	limit time.Duration

	mu    sync.Mutex
	busy  *call    // under way; nil when idle
	after []func() // run when it has ended
}

// call is a call under way.
type call struct {
	ended chan struct{} // closed when it has come back
	late  chan struct{} // closed when it has not come back within its time
}

func newCaller(limit time.Duration) *caller { return &caller{limit: limit} }

// do makes a call and returns its error, a context's error when ctx ends or the
// limit passes first.
func (c *caller) do(ctx context.Context, f func() error) error {
	mine, err := c.begin(ctx)
	if err != nil {
		return err
	}
	result := make(chan error, 1)
	go func() {
		defer c.end(mine)
		result <- survive(f)
	}()
	clock := time.AfterFunc(c.limit, func() { close(mine.late) })
	select {
	case err := <-result:
		clock.Stop()
		return err
	case <-mine.late:
		return context.DeadlineExceeded
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begin waits until no call is under way, and takes the place. It does not wait
// for a call that hangs.
func (c *caller) begin(ctx context.Context) (*call, error) {
	for {
		c.mu.Lock()
		busy := c.busy
		if busy == nil && ctx.Err() != nil {
			c.mu.Unlock()
			return nil, ctx.Err()
		}
		if busy == nil {
			c.busy = &call{ended: make(chan struct{}), late: make(chan struct{})}
			defer c.mu.Unlock()
			return c.busy, nil
		}
		c.mu.Unlock()
		select {
		case <-busy.ended:
		case <-busy.late:
			return nil, errHanging
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", errHanging, ctx.Err())
		}
	}
}

func (c *caller) end(mine *call) {
	c.mu.Lock()
	after := c.after
	c.busy, c.after = nil, nil
	c.mu.Unlock()
	close(mine.ended)
	for _, f := range after {
		f()
	}
}

// whenIdle runs f now if no call is under way, else when it has ended: a write
// that hangs may still happen, so whoever waits for its end must wait.
func (c *caller) whenIdle(f func()) {
	c.mu.Lock()
	if c.busy != nil {
		c.after = append(c.after, f)
		c.mu.Unlock()
		return
	}
	c.mu.Unlock()
	f()
}

// survive turns a panic into an error: go-keyring panics when the session bus
// goes away while a prompt is open. The panic's value is not kept, because it
// could hold what was being written.
func survive(call func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the keyring's connection broke")
		}
	}()
	return call()
}
