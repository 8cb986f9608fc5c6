package proxy

import (
	"net/http"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// writer notes what was answered, and gives each write a time limit of its own:
// a stream may last for hours, but not while nobody reads it.
type writer struct {
	http.ResponseWriter
	control *http.ResponseController
	clock   clock.Clock
	stall   time.Duration
	limited time.Time // when the time limit was last set
	status  int
	bytes   int64
	again   int               // bytes that were written, and come once more
	early   func(http.Header) // cleans the fields of a 1xx
}

func newWriter(w http.ResponseWriter, c clock.Clock, stall time.Duration, early func(http.Header)) *writer {
	return &writer{ResponseWriter: w, control: http.NewResponseController(w), clock: c, stall: stall, early: early}
}

// Unwrap lets [http.ResponseController] set deadlines.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// FlushError lets [http.ResponseController] flush.
func (w *writer) FlushError() error { return w.control.Flush() }

// WriteHeader implements [http.ResponseWriter].
func (w *writer) WriteHeader(status int) {
	if status < 200 { // comes before the answer, past everything else that looks at it
		w.early(w.Header())
	} else if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (w *writer) Write(b []byte) (int, error) {
	if had := min(w.again, len(b)); had > 0 {
		w.again -= had
		n, err := w.Write(b[had:])
		return had + n, err
	}
	if w.status == 0 {
		w.status = http.StatusOK
	}
	// Not for each of the many small writes of a stream: it is not for free.
	if now := w.clock.Now(); w.limited.IsZero() || now.Sub(w.limited).Abs() > w.stall/8 {
		w.limited = now
		_ = w.control.SetWriteDeadline(now.Add(w.stall))
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}
