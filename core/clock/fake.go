package clock

import (
	"sync"
	"time"
)

// Fake is a clock for tests. It stands still until Advance or Set moves it.
// The zero value starts at the zero time; use [NewFake].
type Fake struct {
	mu      sync.Mutex
	now     time.Time
	waiters []waiter
	changed chan struct{}
}

type waiter struct {
	at time.Time
	ch chan time.Time
}

// NewFake returns a fake clock that stands at now.
func NewFake(now time.Time) *Fake {
	return &Fake{now: now.Round(0), changed: make(chan struct{})}
}

// Now implements [Clock].
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// After implements [Clock]: the channel fires when Advance or Set passes d.
func (f *Fake) After(d time.Duration) <-chan time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	ch := make(chan time.Time, 1)
	if d <= 0 {
		ch <- f.now
		return ch
	}
	f.waiters = append(f.waiters, waiter{f.now.Add(d), ch})
	close(f.changed)
	f.changed = make(chan struct{})
	return ch
}

// Advance moves the clock forward by d and fires the waiters that are due.
func (f *Fake) Advance(d time.Duration) { f.Set(f.Now().Add(d)) }

// Set moves the clock to now, forward or back, and fires the waiters that are
// due.
func (f *Fake) Set(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = now.Round(0)
	kept := f.waiters[:0]
	for _, w := range f.waiters {
		if w.at.After(f.now) {
			kept = append(kept, w)
			continue
		}
		w.ch <- f.now
	}
	f.waiters = kept
}

// WaitFor blocks until at least n goroutines wait on the clock, so that a test
// can advance it without racing the code under test.
func (f *Fake) WaitFor(n int) {
	for {
		f.mu.Lock()
		enough, changed := len(f.waiters) >= n, f.changed
		f.mu.Unlock()
		if enough {
			return
		}
		<-changed
	}
}

// Next returns when the earliest waiter is due, and false when nobody waits.
func (f *Fake) Next() (time.Time, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var first time.Time
	for _, w := range f.waiters {
		if first.IsZero() || w.at.Before(first) {
			first = w.at
		}
	}
	return first, !first.IsZero()
}
