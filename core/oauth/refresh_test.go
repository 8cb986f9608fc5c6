package oauth_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

const newPair = `"access_token":"FAKE-mm-at-2","refresh_token":"FAKE-mm-rt-2"`

func TestRefresh_Sends(t *testing.T) {
	p := newPortal(t, says(200, `{"status":"success",`+newPair+`,"expired_in":900,"token_type":"bearer","resource_url":"https://api.minimax.io/anthropic","notification_message":"hello \u001b[1mthere","scope":"a b"}`))
	a := p.refresh(t)
	got := p.seen()
	want := map[string][]string{
		"grant_type": {"refresh_token"}, "client_id": {"78257093-7e40-4613-99e0-527b14b39113"}, "refresh_token": {refreshToken},
	}
	if len(got) != 1 || got[0].path != "/oauth2/token" {
		t.Fatalf("requests: %v", p.paths())
	}
	if diff := cmp.Diff(want, map[string][]string(got[0].form)); diff != "" {
		t.Error(diff)
	}
	if got[0].header.Get("x-request-id") != "" || got[0].header.Get("User-Agent") != "hermes-tui/test" {
		t.Errorf("headers: %v", got[0].header)
	}
	if a.Outcome != oauth.Granted || a.Err != nil || a.Tokens == nil {
		t.Fatalf("got %+v", a)
	}
	wantTokens := oauth.Tokens{
		Access: secret.New("FAKE-mm-at-2"), Refresh: secret.New("FAKE-mm-rt-2"), Type: "bearer", Scope: "a b",
		ResourceURL: "https://api.minimax.io/anthropic", Notification: "hello there",
		ObtainedAt: now, ExpiresAt: now.Add(15 * time.Minute),
	}
	if *a.Tokens != wantTokens {
		t.Errorf("got %+v, want %+v", *a.Tokens, wantTokens)
	}
}

func TestRefresh_ExpiryMeanings(t *testing.T) {
	quarter := now.Add(15 * time.Minute)
	for field, want := range map[string]time.Time{
		`"expired_in":900`:   quarter,
		`"expired_in":"900"`: quarter,
		fmt.Sprintf(`"expired_in":%d`, quarter.UnixMilli()):   quarter,
		fmt.Sprintf(`"expired_in":"%d"`, quarter.UnixMilli()): quarter,
		fmt.Sprintf(`"expired_in":%d`, quarter.Unix()):        quarter,
		`"expired_in":"2026-05-20T12:15:00+02:00"`:            quarter,
		`"expires_in":900`:                    quarter,
		`"expires_at":"2026-05-20T10:15:00Z"`: quarter,
		`"expired_in":0`:                      now.Add(time.Second),
	} {
		a := newPortal(t, says(200, `{"status":"success",`+newPair+`,`+field+`}`)).refresh(t)
		if a.Outcome != oauth.Granted || !a.Tokens.ExpiresAt.Equal(want) || a.Tokens.ExpiryErr != nil {
			t.Errorf("%s: %+v, want %v", field, a.Tokens, want)
		}
	}
}

// Tokens that came count, whatever stands beside them.
func TestRefresh_KeepsTokens(t *testing.T) {
	for name, tc := range map[string]struct {
		body    string
		expiry  string // part of the expiry's error; empty: none
		refresh string
	}{
		"no status":            {`{` + newPair + `,"expired_in":900}`, "", "FAKE-mm-rt-2"},
		"status error":         {`{"status":"error",` + newPair + `,"expired_in":900}`, "", "FAKE-mm-rt-2"},
		"absurd expiry":        {`{"status":"success",` + newPair + `,"expired_in":18000000000000000}`, "18000000000000000", "FAKE-mm-rt-2"},
		"negative expiry":      {`{"status":"success",` + newPair + `,"expired_in":-3}`, "-3 is negative", "FAKE-mm-rt-2"},
		"expiry is an object":  {`{"status":"success",` + newPair + `,"expired_in":{}}`, "not a number or a date", "FAKE-mm-rt-2"},
		"no expiry":            {`{"status":"success",` + newPair + `}`, "missing", "FAKE-mm-rt-2"},
		"no refresh token":     {`{"status":"success","access_token":"FAKE-mm-at-2","expired_in":900}`, "", ""},
		"null refresh token":   {`{"status":"success","access_token":"FAKE-mm-at-2","refresh_token":null,"expired_in":900}`, "", ""},
		"odd kinds beside":     {`{"status":7,"token_type":[],"scope":{},"resource_url":9,` + newPair + `,"expired_in":900}`, "", "FAKE-mm-rt-2"},
		"something behind":     {`{"status":"success",` + newPair + `,"expired_in":900}` + "\n<!-- proxy -->", "", "FAKE-mm-rt-2"},
		"byte order mark":      {"\xef\xbb\xbf" + `{` + newPair + `,"expired_in":900}`, "", "FAKE-mm-rt-2"},
		"a very long token":    {`{"access_token":"FAKE-mm-at-2","refresh_token":"` + strings.Repeat("r", 20_000) + `","expired_in":900}`, "", strings.Repeat("r", 20_000)},
		"a page says so, HTML": {`{` + newPair + `,"expired_in":900}`, "", "FAKE-mm-rt-2"},
	} {
		t.Run(name, func(t *testing.T) {
			a := newPortal(t, says(200, tc.body, "Content-Type", "text/html")).refresh(t)
			if a.Outcome != oauth.Granted || a.Err != nil {
				t.Fatalf("got %+v", a)
			}
			if a.Tokens.Access.Reveal() != "FAKE-mm-at-2" || a.Tokens.Refresh.Reveal() != tc.refresh {
				t.Errorf("the tokens are %q and %.40q", a.Tokens.Access.Reveal(), a.Tokens.Refresh.Reveal())
			}
			switch {
			case tc.expiry == "" && (a.Tokens.ExpiryErr != nil || a.Tokens.ExpiresAt.IsZero()):
				t.Errorf("expiry %v, %v", a.Tokens.ExpiresAt, a.Tokens.ExpiryErr)
			case tc.expiry != "" && (codeOf(a.Tokens.ExpiryErr) != "invalid_expiry" || !errors.Is(a.Tokens.ExpiryErr, expiry.ErrInvalid) ||
				!strings.Contains(a.Tokens.ExpiryErr.Error(), tc.expiry) || !a.Tokens.ExpiresAt.IsZero()):
				t.Errorf("expiry %v, %v", a.Tokens.ExpiresAt, a.Tokens.ExpiryErr)
			}
		})
	}
}

// A length that is announced wrongly does not lose a whole answer.
func TestRefresh_KeepsTokensOfAWronglyMeasuredAnswer(t *testing.T) {
	a := newPortal(t, cuts("200 OK", `{"status":"success",`+newPair+`,"expired_in":900}`)).refresh(t)
	if a.Outcome != oauth.Granted || a.Tokens.Refresh.Reveal() != "FAKE-mm-rt-2" {
		t.Errorf("got %+v", a)
	}
}

func TestRefresh_Outcomes(t *testing.T) {
	for _, tc := range []struct {
		name    string
		answer  http.HandlerFunc
		outcome oauth.Outcome
		code    string
		says    string
	}{
		// The grant is dead: a 4xx names a terminal code.
		{"400 invalid_grant", says(400, `{"error":"invalid_grant"}`), oauth.Terminal, "invalid_grant", "answered 400: invalid_grant"},
		{"400 reused", says(400, `{"error":"refresh_token_reused","error_description":"used twice"}`), oauth.Terminal, "refresh_token_reused", "used twice"},
		{"401 invalid token, nested", says(401, `{"error":{"code":"invalid_refresh_token","message":"gone"}}`), oauth.Terminal, "invalid_refresh_token", "gone"},
		{"400 in capitals", says(400, `{"error":"INVALID_GRANT"}`), oauth.Terminal, "invalid_grant", "invalid_grant"},
		{"403 nested type", says(403, `{"error":{"type":"invalid_grant"}}`), oauth.Terminal, "invalid_grant", "invalid_grant"},
		{"400 code field", says(400, `{"code":"invalid_grant","message":"no"}`), oauth.Terminal, "invalid_grant", "no"},
		{"404 invalid_grant", says(404, `{"error":"invalid_grant"}`), oauth.Terminal, "invalid_grant", "404"},
		{"400 as a word in MiniMax's text", says(400, `{"base_resp":{"status_code":1,"status_msg":"oauth: invalid_grant (expired)"}}`), oauth.Terminal, "refresh_failed", "invalid_grant (expired)"},
		{"400 as a word in plain text", says(400, `invalid_grant`), oauth.Terminal, "refresh_failed", "invalid_grant"},
		{"400 cut after the word", cuts("400 Bad Request", `{"error":"invalid_grant","err`), oauth.Terminal, "refresh_failed", "invalid_grant"},

		// A server answered, and nothing was spent.
		{"400 other code", says(400, `{"error":"invalid_request","error_description":"say invalid_grant"}`), oauth.NotSpent, "invalid_request", "invalid_request: say invalid_grant"},
		{"400 part of a word", says(400, `not_invalid_grant_at_all`), oauth.NotSpent, "refresh_failed", "not_invalid_grant_at_all"},
		{"401 plain", says(401, ``), oauth.NotSpent, "refresh_failed", "401 Unauthorized"},
		{"403 page with the word", says(403, `<html>invalid_grant</html>`), oauth.NotSpent, "refresh_failed", "a web page instead of an answer"},
		{"408", says(408, `{"error":"invalid_grant"}`), oauth.NotSpent, "refresh_failed", "408"},
		{"429", says(429, `{"error":"rate_limited"}`), oauth.NotSpent, "refresh_failed", "429: rate_limited"},
		{"429 that says invalid_grant", says(429, `{"error":"invalid_grant"}`), oauth.NotSpent, "refresh_failed", "429"},

		// Perhaps it was served.
		{"500", says(500, `{"error":"server_error"}`), oauth.Unknown, "refresh_failed", "server_error"},
		{"503", says(503, ``), oauth.Unknown, "refresh_failed", "503 Service Unavailable"},
		{"503 that says invalid_grant", says(503, `{"error":"invalid_grant"}`), oauth.Unknown, "refresh_failed", "503: invalid_grant"},
		{"502 page", says(502, `<html>invalid_grant</html>`), oauth.Unknown, "refresh_failed", "502: a web page"},
		{"200 page", says(200, `<html>sign in to the wifi</html>`), oauth.Unknown, "refresh_failed", "cannot be read"},
		{"200 empty", says(200, ``), oauth.Unknown, "refresh_failed", "cannot be read"},
		{"204", says(204, ``), oauth.Unknown, "refresh_failed", "cannot be read"},
		{"200 null", says(200, `null`), oauth.Unknown, "refresh_failed", "cannot be read"},
		{"200 list", says(200, `[{}]`), oauth.Unknown, "refresh_failed", "cannot be read"},
		{"200 cut", cuts("200 OK", `{"status":"success","access_token":"FAKE-mm-at-2","refr`), oauth.Unknown, "refresh_failed", "cannot be read"},
		{"200 success without a token", says(200, `{"status":"success"}`), oauth.Unknown, "refresh_failed", "MiniMax said that it worked, but sent no new token"},
		{"200 success in all words", says(200, `{"status":"success","base_resp":{"status_code":0,"status_msg":"success"}}`), oauth.Unknown, "refresh_failed", "MiniMax said that it worked, but sent no new token"},
		{"200 empty token", says(200, `{"status":"success","access_token":"  "}`), oauth.Unknown, "refresh_failed", "no new token"},
		{"200 token of another kind", says(200, `{"status":"success","access_token":{"a":1}}`), oauth.Unknown, "refresh_failed", "no new token"},
		{"200 without anything", says(200, `{}`), oauth.Unknown, "refresh_failed", "no new token"},
		{"200 with an error alone", says(200, `{"error":"invalid_grant"}`), oauth.Unknown, "refresh_failed", "no new token: invalid_grant"},
		{"200 longer than 1 MiB", says(200, `{"pad":"`+strings.Repeat("x", 1<<20)+`",`+newPair+`}`), oauth.Unknown, "refresh_failed", "cannot be read"},
		{"reset", resets, oauth.Unknown, "unreachable", "was lost"},
		{"not HTTP", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, _ := http.NewResponseController(w).Hijack()
			_, _ = conn.Write([]byte("SSH-2.0 \x1b]0;x\a\r\n\r\n"))
			_ = conn.Close()
		}, oauth.Unknown, "unreachable", "was lost"},

		// MiniMax says 200 and does not mean it.
		{"200 status error", says(200, `{"status":"error","base_resp":{"status_msg":"try later"}}`), oauth.Doubtful, "refresh_failed", "no new token: try later"},
		{"200 status pending", says(200, `{"status":"pending"}`), oauth.Doubtful, "refresh_failed", "no new token: pending"},
		{"200 odd status", says(200, `{"status":42}`), oauth.Doubtful, "refresh_failed", "no new token: 42"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPortal(t, tc.answer)
			a := p.refresh(t)
			if a.Outcome != tc.outcome || codeOf(a.Err) != tc.code || a.Tokens != nil || !strings.Contains(a.Err.Error(), tc.says) {
				t.Fatalf("got outcome %d, %s: %v (tokens %v), want %d, %s", a.Outcome, codeOf(a.Err), a.Err, a.Tokens, tc.outcome, tc.code)
			}
			if dead := tc.outcome == oauth.Terminal; a.Err.Relogin != dead || (a.Err.Kind == autherr.SignIn) != dead {
				t.Errorf("relogin %v, kind %d", a.Err.Relogin, a.Err.Kind)
			}
			if n := len(p.seen()); n != 1 {
				t.Errorf("the token was sent %d times", n)
			}
			if strings.ContainsAny(a.Err.Error(), "\x1b\a\n") {
				t.Errorf("the error is not clean: %q", a.Err.Error())
			}
		})
	}
}

func TestRefresh_WithoutAToken(t *testing.T) {
	p := newPortal(t, says(200, `{}`))
	a := miniMax(t).Refresh(t.Context(), p.target(t).Binding, secret.Secret{})
	if a.Outcome != oauth.NotSent || codeOf(a.Err) != "no_refresh_token" || !a.Err.Relogin || len(p.seen()) != 0 {
		t.Errorf("got %+v", a)
	}
}

// A body of 64 KB is read in part, and its sentence is short enough to show.
func TestRefresh_LongErrorBody(t *testing.T) {
	a := newPortal(t, says(400, strings.Repeat("broken ", 10_000))).refresh(t)
	if a.Outcome != oauth.NotSpent || len(a.Err.Error()) > 600 || !strings.HasSuffix(a.Err.Error(), "...[truncated]") {
		t.Errorf("outcome %d, %d bytes: %v", a.Outcome, len(a.Err.Error()), a.Err)
	}
}

// Whatever a server echoes, the tokens are not in the error, nor in what is
// kept of a grant beside them.
func TestRefresh_LeaksNoToken(t *testing.T) {
	for _, status := range []int{400, 401, 429, 500, 503, 200} {
		body := fmt.Sprintf(`{"status":"error","error":"bad","error_description":"token %s and %s"}`, refreshToken, refreshToken[:20])
		a := newPortal(t, says(status, body)).refresh(t)
		if text := fmt.Sprintf("%v %+v %v", a, *a.Err, errors.Unwrap(a.Err)); strings.Contains(text, "0123456789") {
			t.Errorf("%d: %s", status, text)
		}
	}
	a := newPortal(t, says(200, `{"access_token":"FAKE-mm-at-`+strings.Repeat("2", 30)+`","expired_in":"`+refreshToken+`",
		"notification_message":"your token FAKE-mm-at-`+strings.Repeat("2", 30)+` replaces `+refreshToken+`","token_type":"`+refreshToken+`"}`)).refresh(t)
	text := fmt.Sprintf("%v %v %v %v", a.Tokens.Notification, a.Tokens.Type, a.Tokens.ExpiryErr, errors.Unwrap(a.Tokens.ExpiryErr))
	if a.Outcome != oauth.Granted || strings.Contains(text, "0123456789") || strings.Contains(text, "22222") {
		t.Errorf("got %s", text)
	}
}

func TestRefresh_RetryAfterAndSkew(t *testing.T) {
	a := newPortal(t, says(503, ``, "Retry-After", "120", "Date", now.Add(5*time.Minute).Format(http.TimeFormat))).refresh(t)
	if a.RetryAfter != 2*time.Minute || a.Err.RetryAfter != 2*time.Minute || a.ClockSkew != 5*time.Minute {
		t.Errorf("got %v, %v, %v", a.RetryAfter, a.Err.RetryAfter, a.ClockSkew)
	}
	a = newPortal(t, says(429, ``, "Retry-After", now.Add(time.Minute).Format(http.TimeFormat))).refresh(t)
	if a.RetryAfter != time.Minute || a.ClockSkew != 0 {
		t.Errorf("got %v, %v", a.RetryAfter, a.ClockSkew)
	}
}

// A provider whose clock is wrong says when the token ends by that clock.
func TestRefresh_WrongClock(t *testing.T) {
	ahead := now.Add(time.Hour)
	a := newPortal(t, says(200, fmt.Sprintf(`{%s,"expired_in":%d}`, newPair, ahead.Add(15*time.Minute).UnixMilli()),
		"Date", ahead.Format(http.TimeFormat))).refresh(t)
	if want := now.Add(15 * time.Minute); !a.Tokens.ExpiresAt.Equal(want) || a.ClockSkew != time.Hour {
		t.Errorf("expires %v, skew %v", a.Tokens.ExpiresAt, a.ClockSkew)
	}
}

// A refresh that nobody can tell the outcome of is a failure of the wire where
// the answer was lost, and none where the provider gave one.
func TestRefresh_WhoseFailure(t *testing.T) {
	for body, kind := range map[string]autherr.Kind{
		`{"status":"success"}`: autherr.Network,
		`{}`:                   autherr.Network,
		`<html>`:               autherr.Network,
		`{"status":"failed"}`:  autherr.Failed,
	} {
		a := newPortal(t, says(200, body)).refresh(t)
		if a.Err == nil || a.Err.Kind != kind {
			t.Errorf("%s: %v of kind %v", body, a.Err, a.Err.Kind)
		}
	}
}
