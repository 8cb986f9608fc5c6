package proxy

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// What was written before it was its turn is neither written nor counted twice.
func TestWriter_WhatComesAgain(t *testing.T) {
	to := httptest.NewRecorder()
	w := newWriter(to, clock.System{}, time.Minute, func(http.Header) {})
	for _, part := range []string{"ab", "", "c"} {
		_, _ = w.Write([]byte(part))
	}
	w.again = 3
	for _, part := range []string{"a", "", "bcd", "ef"} {
		if n, err := w.Write([]byte(part)); n != len(part) || err != nil {
			t.Errorf("%q: %d, %v", part, n, err)
		}
	}
	if got := to.Body.String(); got != "abcdef" || w.bytes != 6 {
		t.Errorf("%q, %d bytes", got, w.bytes)
	}
}
