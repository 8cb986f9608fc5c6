package proxy

import (
	"net/http"
	"sync"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// hold is the time in which the beginning of a stream is looked at before any of it is
// passed on. The goroutine of its request reads it; where that still waits for the
// provider when the time is over, what has come is passed on by another one, for which
// alone there is a lock.
type hold struct {
	mu       sync.Mutex // of the body read ahead, and of the answer while it is passed on
	body     *ahead
	over     bool // nothing is held back any more
	passed   bool // the answer's head is, with what had come behind it
	panicked any  // in passing that on
}

// begins looks at how a stream begins, for a short while. It returns the data of its
// first event where that is an error which can still be kept from the program.
func (x *exchange) begins(res *http.Response) []byte {
	h := &hold{body: aheadOf(res)}
	stop := clock.AfterFunc(x.server.options.Clock, holdBack, func() {
		h.expire(func(come []byte) { x.passEarly(res, come) })
	})
	defer stop()
	failed := firstError(h)
	x.passed = h.end()
	x.begun = x.passed || len(h.body.read) > 0
	if x.passed {
		return nil
	}
	return failed
}

// more reads on. It reports whether the stream is still held back.
func (h *hold) more() bool {
	h.mu.Lock()
	room := h.body.room()
	h.mu.Unlock()
	n, err := h.body.ReadCloser.Read(room)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.body.take(n, err)
	return !h.over
}

// expire has passed on what has come until now, unless it is known already how the
// stream begins.
func (h *hold) expire(pass func(come []byte)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		return
	}
	h.over, h.passed = true, true
	defer func() { h.panicked = recover() }() // nobody would catch it here
	pass(h.body.read)
}

// end ends the time. It reports whether it was over, and the answer's head passed on.
func (h *hold) end() (passed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	if h.panicked != nil {
		panic(h.panicked)
	}
	return h.passed
}
