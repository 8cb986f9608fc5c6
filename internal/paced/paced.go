// Package paced does a piece of work soon after it was asked for, beside whoever
// asks, and at most once in a while, however often it is asked for: counters that
// change a thousand times a second are written once a second.
package paced

import (
	"sync"
	"time"
)

// Work is a piece of work. It is safe for concurrent use.
type Work struct {
	every time.Duration
	do    func()
	turn  sync.Mutex // held while it is done

	mu      sync.Mutex
	asked   bool
	resting *time.Timer // until it may be done again; nil: at once
	closed  bool
	under   sync.WaitGroup
}

// New returns work that do does, at most once in every. How often saves the disk
// and decides nothing, so that it is no matter of the clock.
func New(every time.Duration, do func()) *Work { return &Work{every: every, do: do} }

// Soon has the work done: at once, or when it may be done again. Work that fails
// may ask for itself.
func (w *Work) Soon() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.asked = true; w.resting == nil && !w.closed {
		w.begin()
	}
}

// begin does it, and looks again afterwards. The caller holds w.mu.
func (w *Work) begin() {
	w.asked = false
	w.under.Go(w.now)
	w.resting = time.AfterFunc(w.every, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		switch {
		case w.closed:
		case w.asked:
			w.begin()
		default:
			w.resting = nil
		}
	})
}

func (w *Work) now() {
	w.turn.Lock()
	defer w.turn.Unlock()
	w.do()
}

// Wait waits until nothing is under way. What was asked for meanwhile may be still to
// come.
func (w *Work) Wait() { w.under.Wait() }

// Close does it for the last time, after what is under way. Asking again is in
// vain then.
func (w *Work) Close() {
	w.mu.Lock()
	first := !w.closed
	if w.closed = true; w.resting != nil {
		w.resting.Stop()
	}
	w.mu.Unlock()
	w.under.Wait()
	if first {
		w.now()
	}
}
