package oauth_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// signingIn returns a portal that issues a code and answers polls with
// answers, the last one for ever, and that code.
func signingIn(t *testing.T, answers ...http.HandlerFunc) (*portal, oauth.Flow, *oauth.DeviceCode) {
	t.Helper()
	polls := 0
	p := newPortal(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/code") {
			issues(goodCode)(w, r)
			return
		}
		answer := answers[min(polls, len(answers)-1)]
		polls++
		answer(w, r)
	})
	flow := miniMax(t)
	code, err := flow.RequestCode(t.Context(), p.target(t))
	if err != nil {
		t.Fatal(err)
	}
	return p, flow, code
}

func TestPoll_PendingThenSuccess(t *testing.T) {
	pending := says(200, `{"status":"pending"}`)
	p, flow, code := signingIn(t, pending, pending, says(200, `{"status":"success",`+newPair+`,"expired_in":900,"notification_message":"welcome"}`))
	for range 2 {
		if a := flow.Poll(t.Context(), code); a.Outcome != oauth.Pending || a.Err != nil || a.Reason != "" {
			t.Fatalf("got %+v", a)
		}
	}
	a := flow.Poll(t.Context(), code)
	if a.Outcome != oauth.Granted || a.Tokens.Access.Reveal() != "FAKE-mm-at-2" || a.Tokens.Notification != "welcome" || !a.Tokens.ExpiresAt.Equal(now.Add(15*time.Minute)) {
		t.Fatalf("got %+v", a)
	}
	if len(p.seen()) != 4 {
		t.Errorf("requests: %v", p.paths())
	}
	last := p.seen()[3]
	if last.path != "/oauth2/token" || last.header.Get("x-request-id") != "" || len(last.form) != 4 {
		t.Errorf("the poll is %+v", last)
	}
	want := []string{"urn:ietf:params:oauth:grant-type:user_code", "78257093-7e40-4613-99e0-527b14b39113", "ABCD-1234"}
	got := []string{last.form.Get("grant_type"), last.form.Get("client_id"), last.form.Get("user_code")}
	if diff := cmp.Diff(want, got); diff != "" || len(last.form.Get("code_verifier")) != 86 {
		t.Error(diff, last.form)
	}
}

func TestPoll_Outcomes(t *testing.T) {
	for _, tc := range []struct {
		name    string
		answer  http.HandlerFunc
		outcome oauth.Outcome
		code    string // of the error; empty: none
		reason  string
	}{
		{"pending", says(200, `{"status":"pending"}`), oauth.Pending, "", ""},
		{"any other status", says(200, `{"status":"thinking"}`), oauth.Pending, "", ""},
		{"no status", says(200, `{}`), oauth.Pending, "", ""},
		{"empty 200", says(200, ``), oauth.Pending, "", ""},
		{"slow_down as a status", says(200, `{"status":"slow_down"}`), oauth.Pending, "", "MiniMax asked to slow down"},
		{"slow_down as RFC 8628 has it", says(400, `{"error":"slow_down"}`), oauth.Pending, "", "MiniMax asked to slow down"},
		{"slow_down with 429", says(429, `{"error":"slow_down"}`), oauth.Pending, "", "MiniMax asked to slow down"},
		{"authorization_pending", says(400, `{"error":"authorization_pending"}`), oauth.Pending, "", ""},

		{"denied", says(200, `{"status":"error"}`), oauth.Terminal, "authorization_denied", ""},
		{"an ended code by MiniMax's only word", says(200, `{"status":"error","base_resp":{"status_msg":"user_code Expired"}}`), oauth.Terminal, "timeout", ""},
		{"access_denied", says(403, `{"error":"access_denied"}`), oauth.Terminal, "authorization_denied", ""},
		{"access_denied in a 200", says(200, `{"error":"access_denied"}`), oauth.Terminal, "authorization_denied", ""},
		{"expired_token", says(400, `{"error":"expired_token"}`), oauth.Terminal, "timeout", ""},
		{"expired_token in a 200", says(200, `{"error":"expired_token"}`), oauth.Terminal, "timeout", ""},
		{"success without a token", says(200, `{"status":"success","refresh_token":"FAKE-mm-rt-2","expired_in":900}`), oauth.Terminal, "token_incomplete", ""},
		{"400", says(400, `{"base_resp":{"status_msg":"code_verifier mismatch"}}`), oauth.Terminal, "token_exchange_failed", ""},
		{"401", says(401, ``), oauth.Terminal, "token_exchange_failed", ""},
		{"404 page", says(404, `<html>nginx</html>`), oauth.Terminal, "token_exchange_failed", ""},

		{"success without a refresh token", says(200, `{"status":"success","access_token":"FAKE-mm-at-2","expired_in":900}`), oauth.Granted, "", ""},
		{"success with an absurd expiry", says(200, `{"status":"success",`+newPair+`,"expired_in":1e300}`), oauth.Granted, "", ""},

		{"429", says(429, `{}`), oauth.NotSpent, "token_exchange_failed", "MiniMax asked to wait (too many requests, 429)"},
		{"408", says(408, `{}`), oauth.NotSpent, "token_exchange_failed", "MiniMax has trouble (408)"},
		{"500", says(500, `{"status":"error"}`), oauth.Unknown, "token_exchange_failed", "MiniMax has trouble (500)"},
		{"502 page", says(502, `<html>Bad gateway</html>`), oauth.Unknown, "token_exchange_failed", "MiniMax has trouble (502)"},
		{"200 page", says(200, `<html>sign in to the wifi</html>`), oauth.Unknown, "token_exchange_failed", "MiniMax sent an answer that cannot be read"},
		{"403 page of a firewall", says(403, `<html>are you human?</html>`), oauth.NotSpent, "token_exchange_failed", "MiniMax sent a web page instead of an answer"},
		{"cut 200", cuts("200 OK", `{"status":"succ`), oauth.Unknown, "token_exchange_failed", "MiniMax sent an answer that cannot be read"},
		{"reset", resets, oauth.Unknown, "unreachable", "the connection to MiniMax was lost"},
		{"redirect elsewhere", says(307, ``, "Location", "https://evil.example/"), oauth.NotSpent, "host_not_allowed", "MiniMax pointed to a place that is not allowed"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p, flow, code := signingIn(t, tc.answer)
			a := flow.Poll(t.Context(), code)
			if a.Outcome != tc.outcome || codeOf(a.Err) != tc.code || a.Reason != tc.reason {
				t.Errorf("got outcome %d, %s (%v), %q, want %d, %s, %q", a.Outcome, codeOf(a.Err), a.Err, a.Reason, tc.outcome, tc.code, tc.reason)
			}
			if (a.Tokens != nil) != (tc.outcome == oauth.Granted) || a.SlowDown != strings.Contains(tc.name, "slow_down") {
				t.Errorf("tokens %v, slow down %v", a.Tokens, a.SlowDown)
			}
			if a.Err != nil && (a.Err.Relogin || a.Err.Message == "" || a.Outcome == oauth.Terminal && a.Err.Hint == "") {
				t.Errorf("the error is %+v", a.Err)
			}
			if n := len(p.seen()); n > 3 || n != 2 && !strings.HasPrefix(tc.name, "404") {
				t.Errorf("requests: %v", p.paths())
			}
		})
	}
}

// TestPoll_LateErrorIsAnEndedCode: MiniMax says "error" for a code that has ended
// as for a person's no; after the code's time it is the former.
func TestPoll_LateErrorIsAnEndedCode(t *testing.T) {
	_, flow, code := signingIn(t, says(200, `{"status":"error"}`))
	code.ExpiresAt = time.Unix(1e9, 0)
	if a := flow.Poll(t.Context(), code); codeOf(a.Err) != "timeout" {
		t.Errorf("got %v", a.Err)
	}
}

func TestPoll_Canceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, flow, code := signingIn(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	for range 2 { // in the middle of a poll, and before one
		a := flow.Poll(ctx, code)
		if !errors.Is(a.Err, autherr.Canceled) || a.Tokens != nil || a.Reason != "" {
			t.Errorf("got %+v", a)
		}
	}
}

func TestPoll_RetryAfter(t *testing.T) {
	_, flow, code := signingIn(t, says(429, ``, "Retry-After", "9"))
	if a := flow.Poll(t.Context(), code); a.RetryAfter != 9*time.Second {
		t.Errorf("got %+v", a)
	}
}
