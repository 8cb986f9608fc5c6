// Package clock is the one door to time.
//
// Rules and views never call time.Now: they are handed a [Clock]. The program
// has a single real one, [System]; tests use [Fake], which moves only when it
// is told to, so that no test sleeps or depends on the machine's speed.
//
// Expiry is wall-clock time (a laptop that slept is right again when it wakes),
// so Now strips the monotonic reading.
package clock

import (
	"context"
	"sync"
	"time"
)

// Clock tells the time and waits. Implementations are safe for concurrent use.
type Clock interface {
	// Now returns the wall-clock time without a monotonic reading.
	Now() time.Time
	// After returns a channel that receives once d has passed. A d of zero or
	// less is ready at once.
	After(d time.Duration) <-chan time.Time
}

// System is the real clock.
type System struct{}

// Now implements [Clock].
func (System) Now() time.Time { return time.Now().Round(0) }

// After implements [Clock].
func (System) After(d time.Duration) <-chan time.Time { return time.After(d) }

// AfterFunc calls f, in a goroutine of its own, once d has passed on c, unless stop is
// called before. On the real clock nothing waits meanwhile.
func AfterFunc(c Clock, d time.Duration, f func()) (stop func()) {
	if _, real := c.(System); real {
		t := time.AfterFunc(d, f)
		return func() { t.Stop() }
	}
	due, stopped := c.After(d), make(chan struct{})
	go func() {
		select {
		case <-due:
			f()
		case <-stopped:
		}
	}()
	return sync.OnceFunc(func() { close(stopped) })
}

// Sleep waits for d on c, or until ctx is done; it then returns the context's
// error.
func Sleep(ctx context.Context, c Clock, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.After(d):
		return nil
	}
}
