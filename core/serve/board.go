package serve

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/state"
)

// board is where this process writes how many conversations are at which account,
// for `pool show` to read.
type board struct {
	state  *state.State
	counts func(time.Time) map[string]int

	mu     sync.Mutex
	timer  *time.Timer // until it is written; nil: nothing has changed
	closed bool

	writing sync.Mutex // while the disk is written to, which stops nobody who tells
	process string     // names it among others; empty before the first time
	written bool       // something stands there
}

// tell notes that a number has changed. It is written within a second.
func (b *board) tell() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.timer == nil && !b.closed {
		b.timer = time.AfterFunc(countEvery, func() {
			b.mu.Lock()
			b.timer = nil
			b.mu.Unlock()
			if !b.over() {
				b.state.Go(b.write)
			}
		})
	}
}

func (b *board) write() {
	now := b.state.Clock.Now()
	b.put(seated{At: now.UTC(), Counts: b.counts(now)})
}

func (b *board) put(s seated) {
	b.writing.Lock()
	defer b.writing.Unlock()
	none := len(s.Counts) == 0
	if none && !b.written || !none && b.over() {
		return
	}
	if b.process == "" {
		b.process = fmt.Sprintf("%d-%d", b.state.PID, s.At.UnixNano())
	}
	ctx, cancel := context.WithTimeout(context.Background(), countTime)
	defer cancel()
	if (seatFile{b.state.Folder}).write(ctx, b.process, s) {
		b.written = !none
	}
}

// over reports whether the process is about to end.
func (b *board) over() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

// close takes this process's numbers away.
func (b *board) close() {
	b.mu.Lock()
	if b.timer != nil {
		b.timer.Stop()
	}
	b.closed = true
	b.mu.Unlock()
	b.put(seated{At: b.state.Clock.Now().UTC()})
}

// Conversations returns how many conversations are at home at each account, in
// every process that serves, as far as they have written it down.
func Conversations(s *state.State) map[string]int {
	return seatFile{s.Folder}.total(s.Clock.Now())
}
