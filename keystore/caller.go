package keystore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// errHanging is the answer while an earlier call still hangs in the keyring.
var errHanging = errors.New("an earlier call has not come back")

// caller makes calls that may block for ever or panic, one at a time, in a
// goroutine of their own. A caller that gives up leaves the call to itself;
// until it comes back no other one is begun, so that hanging calls do not pile
// up.
type caller struct {
	limit time.Duration

	mu    sync.Mutex
	busy  chan struct{} // closed when the call under way has ended; nil when idle
	after []func()      // run when it has
}

func newCaller(limit time.Duration) *caller { return &caller{limit: limit} }

// do makes a call and returns its error, a context's error when ctx ends or the
// limit passes first.
func (c *caller) do(ctx context.Context, call func() error) error {
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	ended, err := c.begin(ctx)
	if err != nil {
		return err
	}
	result := make(chan error, 1)
	go func() {
		defer c.end(ended)
		result <- survive(call)
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begin waits until no call is under way, and takes the place.
func (c *caller) begin(ctx context.Context) (chan struct{}, error) {
	for {
		c.mu.Lock()
		busy := c.busy
		if busy == nil && ctx.Err() != nil {
			c.mu.Unlock()
			return nil, ctx.Err()
		}
		if busy == nil {
			c.busy = make(chan struct{})
			ended := c.busy
			c.mu.Unlock()
			return ended, nil
		}
		c.mu.Unlock()
		select {
		case <-busy:
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: %w", errHanging, ctx.Err())
		}
	}
}

func (c *caller) end(ended chan struct{}) {
	c.mu.Lock()
	after := c.after
	c.busy, c.after = nil, nil
	c.mu.Unlock()
	close(ended)
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
