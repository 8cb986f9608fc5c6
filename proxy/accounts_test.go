package proxy

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
)

// With real accounts: the one that serves again after it had to rest is forgiven,
// so that its next rest is a short one.
func TestProxy_ServingEndsTheFailures(t *testing.T) {
	portal := startPortal(t, time.Hour)
	c := openCore(t, t.TempDir(), portal.URL(), portal.URL())
	id := signIn(t, c, "work")
	if err := c.Refused(t.Context(), id, core.Refusal{Status: 429, Gen: 1, ResetAt: clock.System{}.Now().Add(50 * time.Millisecond)}); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(New(Options{Accounts: c, Keys: c, Clock: clock.System{}, Log: slog.New(slog.DiscardHandler)}))
	defer server.Close()
	key, err := c.ProxyKey(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{TB: t, url: server.URL}
	for deadline := time.Now().Add(time.Minute); ; runtime.Gosched() {
		q := r.request(http.MethodPost, "/anthropic/v1/messages", `{"model":"MiniMax-M2.7","max_tokens":9,"messages":[{"role":"user","content":"hello"}]}`)
		q.Header.Set("X-Api-Key", key.Reveal())
		q.Header.Set("Anthropic-Version", "2023-06-01")
		got := r.do(q)
		if got.status == http.StatusOK {
			break
		}
		if got.status != http.StatusTooManyRequests || time.Now().After(deadline) {
			t.Fatalf("%+v", got)
		}
	}
	if a, _ := c.Snapshot().Find(id); !a.Limits.IsZero() {
		t.Errorf("it is remembered as %+v", a.Limits)
	}
}
