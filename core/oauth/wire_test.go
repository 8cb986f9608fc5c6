package oauth

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

var moment = time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)

func TestRetryAfter_IsBounded(t *testing.T) {
	r := &reply{delivery: answered, header: http.Header{"Retry-After": {"999999999"}}}
	if got := r.retryAfter(); got != 24*time.Hour {
		t.Errorf("a provider that asks for years is waited for %v", got)
	}
	r.delivery = lost
	if got := r.retryAfter(); got != 0 {
		t.Errorf("of no answer %v", got)
	}
}

func TestResourceBase(t *testing.T) {
	b := Binding{APIHosts: []string{"api.minimax.io", "127.0.0.1:8080"}, API: AnthropicMessages}
	for in, want := range map[string]string{
		"https://api.minimax.io/anthropic":      "https://api.minimax.io/anthropic",
		" https://api.minimax.io/anthropic/ ":   "https://api.minimax.io/anthropic",
		"https://api.minimax.io/anthropic/v1":   "https://api.minimax.io/anthropic",
		"https://api.minimax.io:443/anthropic":  "https://api.minimax.io:443/anthropic",
		"http://127.0.0.1:8080/anthropic":       "http://127.0.0.1:8080/anthropic",
		"https://api.minimax.io":                "",
		"https://api.minimax.io/v1":             "",
		"http://api.minimax.io/anthropic":       "",
		"https://api.minimaxi.com/anthropic":    "",
		"https://evil.example/anthropic":        "",
		"https://u@api.minimax.io/anthropic":    "",
		"https://api.minimax.io/anthropic?x=1":  "",
		"https://api.minimax.io/anthropic#x":    "",
		"api.minimax.io/anthropic":              "",
		"":                                      "",
		"http://[::1":                           "",
		"https://api.minimax.io:8443/anthropic": "",
	} {
		if got, ok := b.ResourceBase(in); got != want || ok != (want != "") {
			t.Errorf("%q is %q, %v", in, got, ok)
		}
	}
	if got, ok := (Binding{APIHosts: []string{"portal.qwen.ai"}}).ResourceBase("https://portal.qwen.ai/v1/"); !ok || got != "https://portal.qwen.ai/v1" {
		t.Errorf("another API: %q, %v", got, ok)
	}
}

func TestHostOf(t *testing.T) {
	for in, want := range map[string]string{
		"https://API.MiniMax.io/x": "api.minimax.io", "https://h:443": "h", "http://h:80": "h", "https://h:80": "h:80",
		"http://127.0.0.1:8080": "127.0.0.1:8080", "http://[::1]:8080": "[::1]:8080", "http://[::1]": "[::1]",
	} {
		u, err := url.Parse(in)
		if err != nil || HostOf(u) != want {
			t.Errorf("%s is %s, %v", in, HostOf(u), err)
		}
	}
}

func answer(status int, body []byte, kind string) *reply {
	return &reply{
		delivery: answered, status: status, body: body, header: http.Header{"Content-Type": {kind}},
		exchange: expiry.Exchange{Sent: moment, Received: moment},
	}
}

func FuzzTokenAnswer(f *testing.F) {
	for _, s := range []string{
		`{"status":"success","access_token":"a","refresh_token":"b","expired_in":900}`,
		`{"status":"error"}`, `{"status":"pending"}`, `null`, `[`, `{"access_token":1}`, `<html>`, "\xef\xbb\xbf{}",
		`{"access_token":"a","expired_in":1e999,"notification_message":"\u001b]0;x\u0007"}`,
		`{"error":{"code":"invalid_grant"},"base_resp":{"status_msg":7}}`,
	} {
		f.Add([]byte(s), "application/json")
	}
	sent, device := secret.New("FAKE-refresh-token-0123456789"), NewDevice(nil, DeviceRules{Name: "Acme"})
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		speak := speaker{"minimax-oauth", "MiniMax", secret.NewScrubber(sent)}
		for _, a := range []Answer{
			refreshed(answer(200, body, kind), speak, sent),
			polled(Answer{}, answer(200, body, kind), speak),
			device.refreshed(answer(200, body, kind), "models", speak, sent),
			device.polled(Answer{}, answer(200, body, kind), "models", speak),
		} {
			if (a.Outcome == Granted) != (a.Tokens != nil) || (a.Err == nil) != (a.Outcome == Granted || a.Outcome == Pending) {
				t.Fatalf("outcome %d, tokens %v, error %v", a.Outcome, a.Tokens, a.Err)
			}
			if a.Tokens != nil {
				if a.Tokens.Access.IsZero() || a.Tokens.Type == "" || a.Tokens.ExpiryErr != nil && !a.Tokens.ExpiresAt.IsZero() {
					t.Fatalf("tokens %+v", a.Tokens)
				}
				checkClean(t, a.Tokens.Notification+a.Tokens.Type+a.Tokens.Scope+a.Tokens.Identity.Words())
			}
			if a.Err != nil {
				checkClean(t, a.Err.Error())
			}
		}
	})
}

func FuzzErrorBody(f *testing.F) {
	for _, s := range []string{
		`{"error":"invalid_grant","error_description":"gone"}`, `{"error":{"code":"x","message":"y"}}`, `{"code":"INVALID_GRANT"}`,
		`{"base_resp":{"status_code":1004,"status_msg":"invalid_grant"}}`, `invalid_grant`, `<p>invalid_grant`, `{"error":"a sentence"}`, ``,
		"\x1b[31m", `{"error_description":"FAKE-refresh-token-0123456789"}`,
	} {
		f.Add(400, []byte(s))
	}
	terminal := []string{"invalid_grant"}
	known := secret.NewScrubber(secret.New("FAKE-refresh-token-0123456789"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		r := answer(status, body, "")
		p := parseProblem(r)
		code, dead := p.names(terminal)
		if dead && (code != "invalid_grant" || !strings.Contains(strings.ToLower(string(body)), "grant")) {
			t.Fatalf("%q is dead by %q", body, code)
		}
		if p.page && (dead || p.code != "") {
			t.Fatalf("a page names %q", p.code)
		}
		checkClean(t, p.sentence(known))
		checkClean(t, speaker{"minimax-oauth", "MiniMax", known}.fail(r, "x").Error())
	})
}

func checkClean(t *testing.T, s string) {
	t.Helper()
	if strings.ContainsFunc(s, unicode.IsControl) || strings.Contains(s, "FAKE-refresh-token") || len([]rune(s)) > 1200 {
		t.Fatalf("not fit to show: %q", s)
	}
}
