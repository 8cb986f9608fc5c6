package proxy

import (
	"bufio"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/serve"
)

// A provider that changes the protocol unasked is no model API any more: nothing it
// says behind that reaches the program.
func TestForward_NobodyHasAskedForAnotherProtocol(t *testing.T) {
	r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nhello")
	})
	if got := r.message(); got.status != http.StatusBadGateway || !strings.Contains(got.body, "changes the protocol") || strings.Contains(got.body, "hello") {
		t.Errorf("%+v", got)
	}
}

// The head of an answer of unknown length does not wait for its body, whatever it is.
func TestForward_TheHeadComesFirst(t *testing.T) {
	for _, kind := range []string{"text/event-stream", "application/octet-stream"} {
		more := make(chan bool)
		r := newRig(t, func(w http.ResponseWriter, q *http.Request) {
			_, _ = io.Copy(io.Discard, q.Body)
			w.Header().Set("Content-Type", kind)
			w.(http.Flusher).Flush()
			<-more
			_, _ = io.WriteString(w, ": 1\n\n")
		})
		res, err := http.DefaultClient.Do(r.request(http.MethodPost, "/anthropic/v1/messages", `{}`))
		if err != nil {
			t.Fatal(err)
		}
		close(more)
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || string(body) != ": 1\n\n" {
			t.Errorf("%s: %q, %v", kind, body, err)
		}
	}
}

// An answer that breaks off is no whole one for the program either.
func TestForward_WhatBreaksOffIsCut(t *testing.T) {
	for _, head := range []string{"Content-Length: 100", "Transfer-Encoding: chunked"} {
		r := newRig(t, func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"+head+"\r\n\r\n")
			_, _ = io.WriteString(conn, "8\r\ndata: 1\n\r\n")
		})
		res, err := http.DefaultClient.Do(r.request(http.MethodPost, "/anthropic/v1/messages", `{}`))
		if err == nil {
			_, err = io.ReadAll(bufio.NewReader(res.Body))
			_ = res.Body.Close()
		}
		if err == nil {
			t.Errorf("%s: it looks whole", head)
		}
	}
}

// withCore returns a proxy on real accounts in front of an API, and the same accounts as
// another process has them.
func withCore(t *testing.T, api http.HandlerFunc) (r *rig, c, another *core.Core) {
	t.Helper()
	upstream := httptest.NewServer(api)
	t.Cleanup(upstream.Close)
	portal, dir := startPortal(t, time.Hour), t.TempDir()
	c, another = openCore(t, dir, portal.URL(), upstream.URL), openCore(t, dir, portal.URL(), upstream.URL)
	server := httptest.NewServer(New(Options{Accounts: c, Keys: c, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler)}))
	t.Cleanup(server.Close)
	return &rig{TB: t, url: server.URL}, c, another
}

// asks sends a message with a key.
func (r *rig) asks(key string) int {
	r.Helper()
	q := r.request(http.MethodPost, "/anthropic/v1/messages", `{"model":"M2","messages":[]}`)
	q.Header.Set("X-Api-Key", key)
	return r.do(q).status
}

// What one look at the files has shown counts for the first account that is asked, and
// for no later one: it may be a minute later.
func TestForward_LooksAgainBeforeItFailsOver(t *testing.T) {
	var another *core.Core
	var second string
	var asked atomic.Int64
	r, c, other := withCore(t, func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		if err := another.Pause(t.Context(), second, time.Time{}); err != nil {
			t.Error(err)
		}
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	})
	another = other
	signIn(t, c, "first")
	second = signIn(t, c, "second")
	key, err := c.ProxyKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if status := r.asks(key.Reveal()); status != http.StatusTooManyRequests || asked.Load() != 1 {
		t.Errorf("%d, and %d accounts were asked", status, asked.Load())
	}
}

// A key opens nothing from the moment on at which another process has revoked it,
// however many requests have come before.
func TestForward_ARevokedKeyIsRefusedAtOnce(t *testing.T) {
	r, c, another := withCore(t, fine)
	signIn(t, c, "work")
	for range 10 {
		made, err := another.AddClientKey(t.Context(), serve.ClientKeyOptions{Name: "program"})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if status := r.asks(made.Secret.Reveal()); status != http.StatusOK {
				t.Fatal(status)
			}
		}
		if err := another.RevokeClientKey(t.Context(), "program", false); err != nil {
			t.Fatal(err)
		}
		if status := r.asks(made.Secret.Reveal()); status != http.StatusUnauthorized {
			t.Fatalf("a revoked key: %d", status)
		}
	}
}
