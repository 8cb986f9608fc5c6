package core

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// gateway stands between us and the portal, and spoils answers to refreshes.
type gateway struct {
	portal string
	mu     sync.Mutex
	spoil  []spoiling // of the coming refreshes
	asked  int        // refreshes that came in
}

// spoiling is what a gateway does with a refresh: it answers by itself, with the
// portal's answer if it asked for one.
type spoiling struct {
	ask    bool // let the portal answer, and rotate, first
	answer func(w http.ResponseWriter, body string)
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	data, _ := io.ReadAll(r.Body)
	next := spoiling{ask: true}
	if strings.Contains(string(data), "grant_type=refresh_token") {
		g.mu.Lock()
		g.asked++
		if len(g.spoil) > 0 {
			next, g.spoil = g.spoil[0], g.spoil[1:]
		}
		g.mu.Unlock()
	}
	body, status, header := "", 0, http.Header{}
	if next.ask {
		out, err := http.NewRequestWithContext(r.Context(), r.Method, g.portal+r.URL.Path, strings.NewReader(string(data)))
		if err != nil {
			panic(err)
		}
		out.Header = r.Header.Clone()
		res, err := http.DefaultTransport.RoundTrip(out)
		if err != nil {
			panic(err)
		}
		text, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		body, status, header = string(text), res.StatusCode, res.Header
	}
	if next.answer != nil {
		next.answer(w, body)
		return
	}
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// drop cuts the connection, after part of an answer.
func drop(w http.ResponseWriter, part string) {
	conn, buffer, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = buffer.WriteString(part)
	_ = buffer.Flush()
	_ = conn.Close()
}

const head200 = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n"

// TestToken_SpoiltAnswers: a refresh whose answer does not arrive. Where the
// portal had not rotated, the repeat brings the token; where it had, the account
// is lost, and says why.
func TestToken_SpoiltAnswers(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil spoiling
		lost  bool
	}{
		"reset before anything":          {spoiling{false, func(w http.ResponseWriter, _ string) { drop(w, "") }}, false},
		"reset in the header":            {spoiling{false, func(w http.ResponseWriter, _ string) { drop(w, "HTTP/1.1 200 OK\r\nCont") }}, false},
		"reset before the body":          {spoiling{false, func(w http.ResponseWriter, _ string) { drop(w, head200) }}, false},
		"502":                            {spoiling{false, func(w http.ResponseWriter, _ string) { http.Error(w, "<html>bad gateway", http.StatusBadGateway) }}, false},
		"200 without a body":             {spoiling{false, func(http.ResponseWriter, string) {}}, false},
		"rotated, reset before all":      {spoiling{true, func(w http.ResponseWriter, _ string) { drop(w, "") }}, true},
		"rotated, reset before the body": {spoiling{true, func(w http.ResponseWriter, _ string) { drop(w, head200) }}, true},
		"rotated, reset in the body":     {spoiling{true, func(w http.ResponseWriter, body string) { drop(w, head200+body[:len(body)/2]) }}, true},
		"rotated, 502":                   {spoiling{true, func(w http.ResponseWriter, _ string) { http.Error(w, "<html>invalid_grant", http.StatusBadGateway) }}, true},
		"rotated, a cut 200":             {spoiling{true, func(w http.ResponseWriter, body string) { _, _ = io.WriteString(w, body[:len(body)/2]) }}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t)
			g := &gateway{portal: r.portal.URL()}
			server := httptest.NewServer(g)
			t.Cleanup(server.Close)
			r.core = Open(config(r.dir, server.URL, r.clock))
			t.Cleanup(func() { _ = r.core.Close(context.Background()) })
			a := r.account("work")
			r.clock.Advance(time.Hour)
			g.spoil = []spoiling{tc.spoil}
			got, err := r.token(a.ID)
			now, _ := r.core.Snapshot().Find(a.ID)
			if g.asked != 2 {
				t.Errorf("the portal was asked %d times, want twice", g.asked)
			}
			if !tc.lost {
				if err != nil || got.Gen != 2 || !r.portal.IsLive(got.Access.Reveal()) || now.Interrupted {
					t.Fatalf("generation %d, %v, %+v", got.Gen, err, now)
				}
				return
			}
			if !errors.Is(err, autherr.NeedsSignIn) || now.Marker == nil || now.Marker.Reason != "refresh_interrupted" || !strings.Contains(now.Marker.Message, "interrupted") {
				t.Fatalf("%v, marker %+v", err, now.Marker)
			}
			if _, err := r.token(a.ID); !errors.Is(err, autherr.NeedsSignIn) || g.asked != 2 {
				t.Errorf("asked again: %v", err)
			}
			if e, ok := r.signIn(SignInOptions{Account: a.ID}).(SignedIn); !ok || e.Account.ID != a.ID {
				t.Fatalf("signing in again: %+v", e)
			}
			if got, err := r.token(a.ID); err != nil || !r.portal.IsLive(got.Access.Reveal()) {
				t.Errorf("%v", err)
			}
		})
	}
}
