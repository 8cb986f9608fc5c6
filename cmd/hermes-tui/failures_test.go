package main_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// records are the sealed files of the accounts' tokens.
func (b *bench) records() int {
	b.t.Helper()
	found, err := filepath.Glob(filepath.Join(b.state(), "acct", "*.age"))
	if err != nil {
		b.t.Fatal(err)
	}
	return len(found)
}

// TestTransientFailures: what says nothing about the grant takes nothing away.
// The command says in a sentence what happened and what to do, the token that
// still lives is served, and the next refresh refreshes it.
func TestTransientFailures(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"503", "503-invalid-grant", "429", "html", "cut", "reset", "redirect"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{})
			b.signIn()
			token := b.must("token")
			b.portal.SetFaults(sandbox.Fault{Name: fault, On: "refresh"})
			r := b.run("refresh", "--force")
			what, todo, ok := strings.Cut(strings.TrimPrefix(r.err, "hermes-tui: "), "; ")
			if r.code != 5 && fault != "redirect" || r.code == 0 || r.out != "" || !ok || what == "" || todo == "" || strings.Count(r.err, "\n") != 1 {
				t.Errorf("refresh: %s", r)
			}
			if got := b.must("token"); got != token {
				t.Error("the token that still lives is not served")
			}
			account := b.account()
			if account["state"] != "ok" || account["needs_sign_in"] != false || account["last_error"] == nil || b.records() != 1 {
				t.Errorf("account %v, %d records", account, b.records())
			}
			b.portal.SetFaults()
			b.must("refresh", "--force")
			if got := b.must("token"); got == token || !b.portal.IsLive(strings.TrimSpace(got)) {
				t.Error("the next refresh brought no living token")
			}
			if account := b.account(); account["last_error"] != nil {
				t.Errorf("the failure is still told: %v", account)
			}
		})
	}
}

// TestOddRefreshAnswers: an answer with new tokens is kept, whatever else is
// wrong with it, and the next refresh uses the new refresh token.
func TestOddRefreshAnswers(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"bad-expiry", "no-status", "no-refresh-token", "big-token"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{})
			b.signIn()
			for range 2 {
				before := b.must("token")
				b.portal.SetFaults(sandbox.Fault{Name: fault, On: "refresh", Count: 1})
				b.must("refresh", "--force")
				if got := b.must("token"); got == before || !b.portal.IsLive(strings.TrimSpace(got)) {
					t.Error("the new token is not kept")
				}
			}
			account := b.account()
			left, ok := account["expires_in"].(float64)
			if account["state"] != "ok" || !ok || left < 13*60 || left > 15*60 {
				t.Errorf("account %v", account)
			}
		})
	}
}

// A sign-in whose tokens have an end that nobody can read is kept, and says so.
func TestLogin_OddExpiry(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	if out := b.signIn("--label", "whole"); strings.Contains(out, "But:") {
		t.Errorf("nothing is odd: %s", out)
	}
	b.portal.SetFaults(sandbox.Fault{Name: "bad-expiry", On: "poll", Count: 1})
	if out := b.signIn("--label", "odd"); !strings.Contains(out, "But: the new token's expiry could not be read") {
		t.Errorf("login says: %s", out)
	}
}

// TestExpiries: whatever a provider means by expired_in, the countdown is right.
func TestExpiries(t *testing.T) {
	t.Parallel()
	number := regexp.MustCompile(`"expired_in":\s*(\d+)`)
	for name, write := range map[string]func(at time.Time) string{
		"milliseconds":             func(at time.Time) string { return fmt.Sprint(at.UnixMilli()) },
		"milliseconds in a string": func(at time.Time) string { return fmt.Sprintf("%q", fmt.Sprint(at.UnixMilli())) },
		"epoch seconds":            func(at time.Time) string { return fmt.Sprint(at.Unix()) },
		"epoch with a fraction":    func(at time.Time) string { return fmt.Sprintf("%d.75", at.Unix()) },
		"seconds from now":         func(at time.Time) string { return fmt.Sprint(int(time.Until(at).Seconds())) },
		"seconds in a string":      func(at time.Time) string { return fmt.Sprintf("%q", fmt.Sprint(int(time.Until(at).Seconds()))) },
		"RFC 3339":                 func(at time.Time) string { return fmt.Sprintf("%q", at.UTC().Format(time.RFC3339)) },
		"RFC 3339, another zone": func(at time.Time) string {
			return fmt.Sprintf("%q", at.In(time.FixedZone("", -9*3600-1800)).Format(time.RFC3339))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{AccessTTL: 14 * time.Minute})
			server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
				answer := httptest.NewRecorder()
				b.portal.Handler().ServeHTTP(answer, r)
				body := answer.Body.String()
				if strings.Contains(body, `"access_token"`) {
					body = number.ReplaceAllStringFunc(body, func(field string) string {
						ms, err := strconv.ParseInt(number.FindStringSubmatch(field)[1], 10, 64)
						if err != nil {
							t.Error(err)
						}
						return `"expired_in":` + write(time.UnixMilli(ms))
					})
				}
				for name, values := range answer.Header() {
					if name != "Content-Length" {
						out.Header()[name] = values
					}
				}
				out.WriteHeader(answer.Code)
				_, _ = out.Write([]byte(body))
			}))
			t.Cleanup(server.Close)
			b.env = append(b.env, "HERMES_TUI_MINIMAX_OAUTH_URL="+server.URL, "HERMES_TUI_MINIMAX_INFERENCE_URL="+server.URL+"/anthropic")
			right := func(when string) {
				t.Helper()
				if left, ok := b.account()["expires_in"].(float64); !ok || left < 13*60 || left > 14*60 {
					t.Errorf("%s: the token expires in %v s, want 14 minutes", when, left)
				}
				if out := b.must("list"); !regexp.MustCompile(`ok\tin 1[34]m \d\ds`).MatchString(out) {
					t.Errorf("%s: list:\n%s", when, out)
				}
			}
			b.signIn()
			right("after the sign-in")
			b.must("refresh", "--force")
			right("after a refresh")
		})
	}
}
