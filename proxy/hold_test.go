package proxy

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// halting is a stream that says more, or breaks off, when it is told to.
type halting struct {
	start, rest string
	err         error         // behind the rest
	waits       chan struct{} // closed when the start was read, and more is asked for
	on          chan struct{}
}

// RoundTrip implements [http.RoundTripper].
func (h *halting) RoundTrip(q *http.Request) (*http.Response, error) {
	_ = q.Body.Close()
	return &http.Response{
		StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, ContentLength: -1, Request: q,
		Header: http.Header{"Content-Type": {"text/event-stream"}}, Body: io.NopCloser(h),
	}, nil
}

// Read implements [io.Reader].
func (h *halting) Read(p []byte) (int, error) {
	if h.start != "" {
		n := copy(p, h.start)
		h.start = h.start[n:]
		return n, nil
	}
	if h.waits != nil {
		close(h.waits)
		h.waits = nil
		<-h.on
	}
	if h.rest == "" {
		return 0, h.err
	}
	n := copy(p, h.rest)
	h.rest = h.rest[n:]
	return n, nil
}

// passing is a program to whom an answer is passed on.
type passing struct {
	*httptest.ResponseRecorder
	flushed chan string // all that has come until then
	flush   func()      // nil: does nothing of its own
	leave   func()
}

// FlushError lets [http.ResponseController] flush.
func (p *passing) FlushError() error {
	if p.flush != nil {
		p.flush()
	}
	select {
	case p.flushed <- p.Body.String():
	default:
	}
	return nil
}

// SetWriteDeadline lets [http.ResponseController] set one.
func (p *passing) SetWriteDeadline(time.Time) error { return nil }

// holds sends a request whose answer halts, and lets the time pass in which its
// beginning is held back. over gets what ended the request.
func holds(t *testing.T, api *halting, flush func()) (program *passing, over chan any) {
	t.Helper()
	c := clock.NewFake(time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC))
	r := newRig(t, fine, func(o *Options) { o.Clock = c })
	r.server.transport = api
	ctx, leave := context.WithCancel(t.Context())
	t.Cleanup(leave)
	program, over = &passing{httptest.NewRecorder(), make(chan string, 1), flush, leave}, make(chan any, 1)
	q := r.request(http.MethodPost, "/anthropic/v1/messages", `{"model":"M2","stream":true}`)
	q = q.WithContext(context.WithValue(ctx, http.LocalAddrContextKey, net.Addr(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8787})))
	q.URL.Scheme, q.URL.Host = "", "" // as a server reads it
	waits := api.waits
	go func() {
		defer func() { over <- recover() }()
		r.server.ServeHTTP(program, q)
	}()
	<-waits
	c.WaitFor(1)
	c.Advance(holdBack)
	return program, over
}

// A stream that says nothing, or not yet whether it serves, is held back for a
// moment only: then its program gets what has come, and each byte once.
func TestHold_ForAMoment(t *testing.T) {
	for _, start := range []string{"", ": keep-alive\n\n", "event: response.created\ndata: {}\n\n: and\n\n", "data: {\"type\":", strings.Repeat(": long\n\n", 8)} {
		api := &halting{start: start, rest: "data: 1\n\n", err: io.EOF, waits: make(chan struct{}), on: make(chan struct{})}
		program, over := holds(t, api, nil)
		if got := <-program.flushed; got != start || program.Code != http.StatusOK || program.Header().Get("Content-Type") != "text/event-stream" {
			t.Errorf("%q: after a moment came %d %q", start, program.Code, got)
		}
		close(api.on)
		if why := <-over; why != nil || program.Body.String() != start+"data: 1\n\n" {
			t.Errorf("%q: %v, in the end %q", start, why, program.Body)
		}
	}
}

// What begins to fail after that moment is an answer that breaks off; and an error that
// comes late is passed on, whoever else could serve.
func TestHold_TooLateForAnother(t *testing.T) {
	refused := "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\"}}\n\n"
	for name, c := range map[string]struct {
		leaves bool
		rest   string
		err    error
		why    any
	}{
		"breaks off": {false, "", errors.New("gone"), http.ErrAbortHandler},
		"leaves":     {true, "", context.Canceled, http.ErrAbortHandler},
		"refuses":    {false, refused, io.EOF, nil},
	} {
		api := &halting{rest: c.rest, err: c.err, waits: make(chan struct{}), on: make(chan struct{})}
		program, over := holds(t, api, nil)
		<-program.flushed
		if c.leaves {
			program.leave()
		}
		close(api.on)
		if why := <-over; why != c.why || program.Body.String() != c.rest || program.Code != http.StatusOK {
			t.Errorf("%s: %v, %d %q", name, why, program.Code, program.Body)
		}
	}
}

// What goes wrong while a head is passed on takes down its request alone.
func TestHold_PanicsAtItsRequest(t *testing.T) {
	api := &halting{rest: "data: 1\n\n", err: io.EOF, waits: make(chan struct{}), on: make(chan struct{})}
	tried := make(chan struct{})
	_, over := holds(t, api, func() { close(tried); panic("no such stream") })
	<-tried
	close(api.on)
	if why := <-over; why != "no such stream" {
		t.Errorf("%v", why)
	}
}

// Nothing is passed on by the clock once it is known how a stream begins.
func TestHold_IsOver(t *testing.T) {
	h := &hold{body: &ahead{}}
	if h.end() {
		t.Error("passed on without a need")
	}
	h.expire(func([]byte) { t.Error("passed on too late") })
}
