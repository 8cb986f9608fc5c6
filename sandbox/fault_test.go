package sandbox

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestParseFault(t *testing.T) {
	for text, want := range map[string]Fault{
		"503":               {Name: "503"},
		"503-invalid-grant": {Name: "503-invalid-grant"},
		"429:3":             {Name: "429", Count: 3},
		"hang@poll":         {Name: "hang", On: "poll"},
		"html@all:12":       {Name: "html", On: "all", Count: 12},
	} {
		got, err := ParseFault(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%q is %+v (%s), %v", text, got, got, err)
		}
	}
	for _, text := range []string{"", "504", "503:", "503:0", "503:-1", "503:+1", "503:01", "503:x", "503:1:1", "503@", "503@page", "503:1@poll", " 503", "503:9999999"} {
		if got, err := ParseFault(text); err == nil {
			t.Errorf("%q is %+v", text, got)
		}
	}
	if _, err := ParseFault("nonsense"); err == nil || !strings.Contains(err.Error(), "big-token") {
		t.Errorf("the error does not name the faults: %v", err)
	}
	names, help := FaultNames()
	for i, name := range names {
		if _, err := ParseFault(name); err != nil || help[i] == "" {
			t.Errorf("%s: %v %q", name, err, help[i])
		}
	}
}

// try refreshes where no proper answer may come.
func (l *lab) try(form url.Values) (reply, error) {
	res, err := l.http.Do(l.request("POST", "/oauth2/token", form.Encode()))
	if err != nil {
		return reply{}, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return reply{status: res.StatusCode, header: res.Header, body: string(body)}, err
}

func TestFaults_SpendNothing(t *testing.T) {
	for _, name := range []string{"503", "503-invalid-grant", "429", "html", "cut", "reset", "redirect", "status-error", "hang", "slow"} {
		t.Run(name, func(t *testing.T) {
			received := make(chan struct{}, 10)
			l := newLab(t, Options{SlowFor: time.Hour, OnEvent: func(e Event) {
				if e.Kind == KindRefresh && e.Outcome == Received {
					received <- struct{}{}
				}
			}})
			_, token := l.signIn()
			l.SetFaults(Fault{Name: name, Count: 2})
			for range 2 {
				if name == "hang" || name == "slow" {
					l.leave(refreshForm(token), received)
					continue
				}
				if r, err := l.try(refreshForm(token)); err == nil && (r.status == 200) != (name == "status-error") {
					t.Errorf("got %d %s", r.status, r.body)
				}
			}
			if r := l.refresh(token); r.text("status") != "success" {
				t.Errorf("the third request got %d %s", r.status, r.body)
			}
			if got := l.Stats().Refreshes; got.Total != 3 || got.Outcomes[Rotated] != 1 {
				t.Errorf("counted %+v", got)
			}
		})
	}
}

// leave sends a request and hangs up once it has been received. It returns when
// the sandbox is done with it.
func (l *lab) leave(form url.Values, received <-chan struct{}) {
	l.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(l.URL(), "http://"))
	if err != nil {
		l.t.Fatal(err)
	}
	r := l.request("POST", "/oauth2/token", form.Encode())
	if err := r.Write(conn); err != nil {
		l.t.Fatal(err)
	}
	<-received
	conn.Close()
}

func TestFault_Transport(t *testing.T) {
	l := newLab(t, Options{})
	l.SetFaults(Fault{Name: "cut", Count: 1})
	if r, err := l.try(refreshForm("any")); !errors.Is(err, io.ErrUnexpectedEOF) || r.status != 200 {
		t.Errorf("cut: %d %q %v", r.status, r.body, err)
	}
	l.SetFaults(Fault{Name: "reset", Count: 1})
	if _, err := l.try(refreshForm("any")); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("reset: %v", err)
	}
	_, token := l.signIn()
	l.SetFaults(Fault{Name: "lost", Count: 1})
	if _, err := l.try(refreshForm(token)); !errors.Is(err, io.EOF) {
		t.Errorf("lost: %v", err)
	}
	if got := l.Grants()[0].Rotations; got != 1 {
		t.Errorf("lost: %d rotations", got)
	}
	l.refresh(token).wantError(t, 400, "refresh_token_reused")
	if got := l.Stats().Refreshes.Outcomes["fault:lost"]; got != 1 {
		t.Errorf("lost: counted %d", got)
	}
}

func TestFault_Slow(t *testing.T) {
	l := newLab(t, Options{SlowFor: time.Nanosecond})
	_, token := l.signIn()
	l.SetFaults(Fault{Name: "slow"})
	if r := l.refresh(token); r.text("status") != "success" {
		t.Errorf("got %d %s", r.status, r.body)
	}
}

func TestFault_Answers(t *testing.T) {
	l := newLab(t, Options{})
	_, token := l.signIn()
	with := func(name string) reply {
		t.Helper()
		l.SetFaults(Fault{Name: name, Count: 1})
		r, err := l.try(refreshForm(token))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return r
	}
	if r := with("429"); r.status != 429 || r.header.Get("Retry-After") != "2" {
		t.Errorf("429: %d %v", r.status, r.header)
	}
	if r := with("503-invalid-grant"); r.status != 503 || !strings.Contains(r.body, "invalid_grant") {
		t.Errorf("503-invalid-grant: %d %s", r.status, r.body)
	}
	if r := with("redirect"); r.status != 307 || r.header.Get("Location") != "https://portal.example.invalid/oauth2/token" {
		t.Errorf("redirect: %d %v", r.status, r.header)
	}
	if r := with("html"); r.status != 502 || r.header.Get("Content-Type") != "text/html" {
		t.Errorf("html: %d %v", r.status, r.header)
	}

	l.SetFaults(Fault{Name: "no-refresh-token", Count: 1})
	r := l.refresh(token)
	if _, has := r.json["refresh_token"]; has || !l.IsLive(r.text("access_token")) {
		t.Errorf("no-refresh-token: %s", r.body)
	}
	l.SetFaults(Fault{Name: "no-status"})
	r = l.refresh(token) // the old one stayed good
	if _, has := r.json["status"]; has || !l.IsLive(r.text("access_token")) {
		t.Errorf("no-status: %s", r.body)
	}
	l.SetFaults(Fault{Name: "bad-expiry"})
	r = l.refresh(r.text("refresh_token"))
	if !strings.Contains(r.body, `"expired_in":9223372036854775807`) {
		t.Errorf("bad-expiry: %s", r.body)
	}
	l.SetFaults(Fault{Name: "big-token"})
	r = l.refresh(r.text("refresh_token"))
	if got := r.text("access_token"); len(got) != bigTokenLen || !l.IsLive(got) {
		t.Errorf("big-token: %d bytes", len(got))
	}
	l.SetFaults(Fault{Name: "ansi"})
	r = l.refresh(r.text("refresh_token"))
	if got := r.text("notification_message"); !strings.Contains(got, "\x1b[2J") || !strings.Contains(got, "\u009b") {
		t.Errorf("ansi: %q", got)
	}
}

func TestFault_OnPollAndCode(t *testing.T) {
	l := newLab(t, Options{})
	l.SetFaults(Fault{Name: "503", On: "code", Count: 1})
	l.post("/oauth2/device/code", codeForm()).wantError(t, 503, "temporarily_unavailable")
	userCode := l.ask()
	_ = l.Approve(userCode)
	l.SetFaults(
		Fault{Name: "cut"}, Fault{Name: "hang"}, Fault{Name: "lost"}, // of refreshes only
		Fault{Name: "slow_down", Count: 1}, Fault{Name: "429", Count: 1}, Fault{Name: "status-error", On: "poll", Count: 1},
	)
	l.post("/oauth2/token", pollForm(userCode)).wantError(t, 400, "slow_down")
	l.post("/oauth2/token", pollForm(userCode)).wantError(t, 429, "rate_limited")
	if r := l.post("/oauth2/token", pollForm(userCode)); r.status != 200 || r.text("status") != "error" {
		t.Errorf("status-error: %d %s", r.status, r.body)
	}
	if r := l.post("/oauth2/token", pollForm(userCode)); r.text("status") != "success" {
		t.Errorf("at last: %d %s", r.status, r.body)
	}
	want := Count{4, map[Outcome]int{"fault:slow_down": 1, "fault:429": 1, "fault:status-error": 1, Granted: 1}}
	if diff := cmp.Diff(want, l.Stats().Polls); diff != "" {
		t.Error(diff)
	}
}

func TestFault_CountsOnlyAnswersWithTokens(t *testing.T) {
	l := newLab(t, Options{Faults: []Fault{{Name: "big-token", Count: 1}}})
	userCode := l.ask()
	l.post("/oauth2/token", pollForm(userCode)) // pending
	_ = l.Approve(userCode)
	r := l.post("/oauth2/token", pollForm(userCode))
	if got := len(r.text("access_token")); got != bigTokenLen {
		t.Errorf("%d bytes: a pending answer used the fault up", got)
	}
	if got := len(l.refresh(r.text("refresh_token")).text("access_token")); got == bigTokenLen {
		t.Error("the fault goes on after its count")
	}
}

func TestFault_AnsiOnEveryText(t *testing.T) {
	l := newLab(t, Options{Faults: []Fault{{Name: "ansi"}}})
	userCode := l.ask() // its own fields stay usable
	_ = l.Deny(userCode)
	r := l.post("/oauth2/token", pollForm(userCode))
	base, _ := r.json["base_resp"].(map[string]any)
	if msg, _ := base["status_msg"].(string); !strings.Contains(msg, "\x1b]0;") {
		t.Errorf("denied: %s", r.body)
	}
	if r := l.refresh("never-issued"); !strings.Contains(r.text("error_description"), "\x1b[31m") || r.text("error") != "invalid_grant" {
		t.Errorf("refused: %s", r.body)
	}
}

func TestFault_ResetWithoutAConnection(t *testing.T) {
	s := New(Options{Faults: []Fault{{Name: "reset"}}})
	r, _ := http.NewRequestWithContext(t.Context(), "POST", "http://localhost/oauth2/token", strings.NewReader(refreshForm("x").Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	defer func() {
		if got := recover(); got != http.ErrAbortHandler {
			t.Errorf("recovered %v", got)
		}
	}()
	s.Handler().ServeHTTP(nopWriter{}, r)
	t.Error("answered")
}

type nopWriter struct{}

func (nopWriter) Header() http.Header         { return http.Header{} }
func (nopWriter) Write(p []byte) (int, error) { return len(p), nil }
func (nopWriter) WriteHeader(int)             {}
