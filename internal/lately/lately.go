// Package lately has contexts whose time limit costs nothing until somebody waits for
// it: no timer is begun, and no context above is asked to be told of its end.
package lately

import (
	"context"
	"sync"
	"time"
)

// WithTimeout is [context.WithTimeout].
func WithTimeout(parent context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	t := &timed{parent: parent, at: time.Now().Add(limit)}
	if before, ok := parent.Deadline(); ok && before.Before(t.at) {
		t.at = before
	}
	return t, t.cancel
}

// timed is a context that has not begun before somebody waits.
type timed struct {
	parent context.Context
	at     time.Time

	mu    sync.Mutex
	begun context.Context // nil: nobody has waited yet
	stop  context.CancelFunc
	ended bool // it was canceled before
}

// begin returns what there is to wait for.
func (t *timed) begin() context.Context {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.begun == nil {
		t.begun, t.stop = context.WithDeadline(t.parent, t.at)
		if t.ended {
			t.stop()
		}
	}
	return t.begun
}

func (t *timed) cancel() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.ended = true
	if t.stop != nil {
		t.stop()
	}
}

// Deadline implements [context.Context].
func (t *timed) Deadline() (time.Time, bool) { return t.at, true }

// Done implements [context.Context].
func (t *timed) Done() <-chan struct{} { return t.begin().Done() }

// Err implements [context.Context].
func (t *timed) Err() error {
	t.mu.Lock()
	quiet := t.begun == nil && !t.ended && time.Now().Before(t.at)
	t.mu.Unlock()
	if quiet {
		return t.parent.Err()
	}
	return t.begin().Err()
}

// Value implements [context.Context].
func (t *timed) Value(key any) any {
	t.mu.Lock()
	begun := t.begun
	t.mu.Unlock()
	if begun != nil {
		return begun.Value(key) // a context below finds the one that it waits for
	}
	return t.parent.Value(key)
}
