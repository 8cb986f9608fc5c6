package proxy

import (
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// flushing is a connection that does something of its own when it is flushed.
type flushing struct {
	http.ResponseWriter
	flush func() error
}

func (f *flushing) FlushError() error { return f.flush() }

func flushes(w http.ResponseWriter, flush func() error) *writer {
	return newWriter(&flushing{w, flush}, clock.System{}, time.Minute, func(http.Header) {})
}

// What goes wrong in a flush goes wrong at who flushes: the first one, which has a
// goroutine of its own, takes the program down as little as a later one.
func TestWriter_FlushPanicsAtItsCaller(t *testing.T) {
	errGone := errors.New("the connection is gone")
	late := "Header called after Handler finished" // HTTP/2 says so of a handler that has returned
	for name, c := range map[string]struct {
		flush    func() error
		err      error
		panicked any
		exited   bool
	}{
		"nothing":         {flush: func() error { return nil }},
		"error":           {flush: func() error { return errGone }, err: errGone},
		"abort":           {flush: func() error { panic(http.ErrAbortHandler) }, panicked: http.ErrAbortHandler},
		"returned":        {flush: func() error { panic(late) }, panicked: late},
		"goroutine ended": {flush: func() error { runtime.Goexit(); return nil }, exited: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := flushes(httptest.NewRecorder(), c.flush)
			for _, which := range []string{"first", "second"} {
				var err error
				var panicked any
				exited, done := true, make(chan struct{})
				go func() {
					defer close(done)
					defer func() { panicked = recover() }()
					err = w.FlushError()
					exited = false
				}()
				<-done
				if err != c.err || panicked != c.panicked || exited != (c.exited || c.panicked != nil) {
					t.Errorf("the %s flush: error %v, panic %v, ended %t", which, err, panicked, exited)
				}
			}
		})
	}
}

// An answer that is cut in its first flush is cut for its program alone.
func TestWriter_ServerOutlivesAFlushThatPanics(t *testing.T) {
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := flushes(w, func() error {
			if r.URL.Path == "/cut" {
				panic(http.ErrAbortHandler)
			}
			return http.NewResponseController(w).Flush()
		})
		_, _ = io.WriteString(out, "hello")
		_ = http.NewResponseController(out).Flush()
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.Start()
	defer server.Close()
	for path, cut := range map[string]bool{"/cut": true, "/": false} {
		res, err := server.Client().Get(server.URL + path)
		if err == nil {
			_, err = io.ReadAll(res.Body)
			_ = res.Body.Close()
		}
		if (err != nil) != cut {
			t.Errorf("%s: %v", path, err)
		}
	}
}
