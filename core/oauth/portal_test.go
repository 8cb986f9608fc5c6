package oauth_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// now is when every test happens.
var now = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)

const refreshToken = "FAKE-mm-rt-0123456789/abc+def="

// seen is a request as it came to a portal.
type seen struct {
	path   string
	form   url.Values
	header http.Header
}

// portal is a server that answers what a test tells it to.
type portal struct {
	*httptest.Server
	mu       sync.Mutex
	requests []seen
}

// newPortal serves answer, which finds the request's form already read.
func newPortal(t *testing.T, answer http.HandlerFunc) *portal {
	t.Helper()
	p := &portal{}
	p.Server = httptest.NewServer(p.record(answer))
	t.Cleanup(p.Close)
	return p
}

func (p *portal) record(answer http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		r.Body, r.Form, r.PostForm = io.NopCloser(bytes.NewReader(body)), form, form
		p.mu.Lock()
		p.requests = append(p.requests, seen{r.URL.Path, form, r.Header.Clone()})
		p.mu.Unlock()
		w.Header().Set("Date", now.Format(http.TimeFormat))
		answer(w, r)
	})
}

func (p *portal) seen() []seen {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests
}

func (p *portal) paths() (paths []string) {
	for _, r := range p.seen() {
		paths = append(paths, r.path)
	}
	return paths
}

// target is MiniMax with the portal in its place.
func (p *portal) target(t *testing.T) oauth.Target { return targetAt(t, p.URL) }

func targetAt(t *testing.T, address string) oauth.Target {
	t.Helper()
	table, err := provider.Default().WithOverride("minimax", "global", address, address+"/anthropic")
	if err != nil {
		t.Fatal(err)
	}
	found, region, err := table.Find("minimax")
	if err != nil {
		t.Fatal(err)
	}
	return provider.Target(found, region)
}

// miniMax returns the flow under test on a fake clock and known randomness.
func miniMax(t *testing.T, change ...func(*oauth.Config)) oauth.Flow {
	t.Helper()
	c := oauth.Config{
		Transport: &http.Transport{}, Clock: clock.NewFake(now),
		Rand: rand.NewChaCha8([32]byte{1}), UserAgent: "hermes-tui/test",
	}
	for _, f := range change {
		f(&c)
	}
	p, _, err := provider.Default().Find("minimax")
	if err != nil {
		t.Fatal(err)
	}
	flow, err := p.Flow(oauth.NewClient(c))
	if err != nil {
		t.Fatal(err)
	}
	return flow
}

// says answers every request with this.
func says(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// resets closes the connection with a TCP reset, without an answer.
func resets(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	if secure, ok := conn.(*tls.Conn); ok {
		conn = secure.NetConn()
	}
	_ = conn.(*net.TCPConn).SetLinger(0)
	_ = conn.Close()
}

// cuts sends half of an answer.
func cuts(status, half string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 "+status+"\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n"+half)
		_ = conn.Close()
	}
}

// expiring is a context that runs out of time when a test says so.
type expiring struct {
	context.Context
	done <-chan struct{}
}

func (e expiring) Done() <-chan struct{} { return e.done }

func (e expiring) Err() error {
	select {
	case <-e.done:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// outOfTime makes every time limit end when done is closed.
func outOfTime(done <-chan struct{}) func(*oauth.Config) {
	return func(c *oauth.Config) {
		c.WithTimeout = func(ctx context.Context, _ time.Duration) (context.Context, context.CancelFunc) {
			return expiring{ctx, done}, func() {}
		}
	}
}

// refresh sends the test's refresh token to the portal.
func (p *portal) refresh(t *testing.T, change ...func(*oauth.Config)) oauth.Answer {
	t.Helper()
	return miniMax(t, change...).Refresh(t.Context(), p.target(t).Binding, secret.New(refreshToken))
}

func codeOf(err error) string {
	var e *autherr.Error
	if errors.As(err, &e) && e != nil {
		return e.Code
	}
	return ""
}
