package sandbox

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

func TestListen_LoopbackOnly(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "[::]:0", "example.com:0", "127.0.0.1"} {
		s := New(Options{Listen: addr})
		if err := s.Listen(""); err == nil {
			t.Errorf("listens on %q", addr)
			_ = s.Close(t.Context())
		}
	}
	s := New(Options{})
	if s.URL() != "" {
		t.Errorf("an address before Listen: %q", s.URL())
	}
	if err := s.Listen("localhost:0"); err != nil || !strings.HasPrefix(s.URL(), "http://127.0.0.1:") && !strings.HasPrefix(s.URL(), "http://[::1]:") {
		t.Errorf("listens at %q: %v", s.URL(), err)
	}
	if err := s.Listen(""); err == nil {
		t.Error("listens twice")
	}
	for range 2 {
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
	closed := New(Options{})
	if err := closed.Close(t.Context()); err != nil {
		t.Error(err)
	}
	if err := closed.Listen(""); err == nil {
		t.Error("listens after Close")
	}
}

func TestListen_AddressInUse(t *testing.T) {
	l := newLab(t, Options{})
	if err := New(Options{}).Listen(strings.TrimPrefix(l.URL(), "http://")); err == nil {
		t.Error("two listen on one port")
	}
}

func TestHandler_InsideAnotherServer(t *testing.T) {
	s := New(Options{})
	server := httptest.NewServer(s.Handler())
	defer server.Close()
	res, err := server.Client().PostForm(server.URL+"/oauth2/device/code", codeForm())
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, _ := io.ReadAll(res.Body)
	if !bytes.Contains(body, []byte(server.URL+"/oauth-authorize")) {
		t.Errorf("the page is not at %s: %s", server.URL, body)
	}
}

func TestClose_EndsHangingRequests(t *testing.T) {
	received := make(chan struct{}, 1)
	s := New(Options{Faults: []Fault{{Name: "hang"}}, OnEvent: func(e Event) {
		if e.Kind == KindRefresh && e.Outcome == Received {
			received <- struct{}{}
		}
	}})
	if err := s.Listen(""); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() {
		_, err := http.PostForm(s.URL()+"/oauth2/token", refreshForm("any"))
		done <- err
	}()
	<-received
	if err := s.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if err := <-done; err == nil {
		t.Error("a hanging request was answered")
	}
	if got := s.Stats().Refreshes; got.Total != 1 || got.Outcomes["fault:hang"] != 1 {
		t.Errorf("counted %+v", got)
	}
}

func TestLog_HoldsNoSecret(t *testing.T) {
	var buffer bytes.Buffer
	l := newLab(t, Options{Logger: slog.New(slog.NewTextHandler(&buffer, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	userCode := l.ask()
	l.get("/oauth-authorize?user_code=" + userCode)
	_ = l.Approve(userCode)
	r := l.post("/oauth2/token", pollForm(userCode))
	next := l.refresh(r.text("refresh_token"))
	l.refresh(r.text("refresh_token"))
	if err := l.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	log := buffer.String()
	for _, secret := range []string{userCode, verifier, r.text("access_token"), r.text("refresh_token"), next.text("access_token"), next.text("refresh_token")} {
		if secret == "" || strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	for _, want := range []string{"kind=code outcome=issued", "kind=refresh outcome=rotated", "outcome=reused", "code=refresh_token_reused", "client=OpenClaw", "grant=" + l.Grants()[0].ID} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q", want)
		}
	}
}

func TestRand_Failing(t *testing.T) {
	l := newLab(t, Options{Rand: iotest.ErrReader(errors.New("no entropy"))})
	l.post("/oauth2/device/code", codeForm()).wantError(t, 500, "server_error")

	l = newLab(t, Options{Rand: io.LimitReader(zeros{}, 8)})
	userCode := l.ask()
	_ = l.Approve(userCode)
	l.post("/oauth2/token", pollForm(userCode)).wantError(t, 500, "server_error")
	if got := l.Codes()[0].State; got != CodeApproved {
		t.Errorf("the code is %s: it must still be redeemable", got)
	}

	l = newLab(t, Options{Rand: zeros{}})
	l.ask()
	l.post("/oauth2/device/code", codeForm()).wantError(t, 500, "server_error")
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestBounds(t *testing.T) {
	l := newLab(t, Options{})
	c, _ := clientByID(openClaw)
	for range maxCodes {
		if _, bad, err := l.portal.newCode(c, "profile", challenge); bad != nil || err != nil {
			t.Fatal(bad, err)
		}
	}
	r := l.post("/oauth2/device/code", codeForm())
	r.wantError(t, 429, "rate_limited")
	if r.header.Get("Retry-After") == "" {
		t.Error("429 without Retry-After")
	}

	l = newLab(t, Options{})
	first, _ := l.signIn()
	for range maxGrants {
		l.portal.mu.Lock()
		_, err := l.portal.open(&code{client: c}, shape{})
		l.portal.mu.Unlock()
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(l.Grants()) != maxGrants || l.IsLive(first) {
		t.Error("the oldest grant is not forgotten")
	}

	g := l.portal.grants[0]
	oldest := g.current
	for range maxSpent + 1 {
		if _, bad, err := l.portal.rotate(c, g.current, func() shape { return shape{} }); bad != nil || err != nil {
			t.Fatal(bad, err)
		}
		l.clock.Advance(l.opts.AccessTTL)
	}
	l.refresh(oldest).wantError(t, 400, "invalid_grant")
	if len(g.spent) != maxSpent || len(l.portal.access) != 1 {
		t.Errorf("%d spent tokens and %d access tokens are kept", len(g.spent), len(l.portal.access))
	}
}
