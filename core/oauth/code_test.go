package oauth_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// issues answers a code request with fields, filling in the state.
func issues(fields string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, strings.ReplaceAll(fields, "$STATE", r.PostForm.Get("state")))
	}
}

const goodCode = `{"user_code":"ABCD-1234","verification_uri":"https://platform.minimax.io/oauth-authorize?user_code=ABCD-1234&client=OpenClaw",
	"expired_in":1779271872000,"interval":2000,"state":"$STATE"}`

func TestRequestCode(t *testing.T) {
	p := newPortal(t, issues(goodCode))
	target := p.target(t)
	target.PageHosts = []string{"minimax.io"}
	code, err := miniMax(t).RequestCode(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	got := p.seen()
	if len(got) != 1 || got[0].path != "/oauth2/device/code" {
		t.Fatalf("requests: %v", p.paths())
	}
	form := got[0].form
	for name, want := range map[string]string{
		"response_type": "code", "client_id": "78257093-7e40-4613-99e0-527b14b39113",
		"scope": "group_id profile model.completion", "code_challenge_method": "S256",
	} {
		if form.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, form.Get(name), want)
		}
	}
	if len(form) != 6 || !regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`).MatchString(form.Get("state")) ||
		!regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`).MatchString(form.Get("code_challenge")) {
		t.Errorf("the form is %v", form)
	}
	h := got[0].header
	for name, want := range map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json", "User-Agent": "hermes-tui/test",
	} {
		if h.Get(name) != want {
			t.Errorf("%s is %q", name, h.Get(name))
		}
	}
	uuid4 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	if !uuid4.MatchString(h.Get("x-request-id")) {
		t.Errorf("x-request-id is %q", h.Get("x-request-id"))
	}

	type visible struct {
		UserCode, URI     string
		Complete, Trusted bool
		ExpiresAt         time.Time
		Interval          time.Duration
	}
	want := visible{
		"ABCD-1234", "https://platform.minimax.io/oauth-authorize?user_code=ABCD-1234&client=OpenClaw",
		true, true, time.UnixMilli(1779271872000).UTC(), 2 * time.Second,
	}
	if diff := cmp.Diff(want, visible{code.UserCode, code.VerificationURI, code.Complete, code.PageTrusted, code.ExpiresAt, code.Interval}); diff != "" {
		t.Error(diff)
	}
}

// The verifier of the poll fits the challenge of the code request, and differs
// from sign-in to sign-in.
func TestRequestCode_ProofFits(t *testing.T) {
	p := newPortal(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/token" {
			says(200, `{"status":"pending"}`)(w, r)
			return
		}
		issues(goodCode)(w, r)
	})
	flow, verifiers := miniMax(t), map[string]bool{}
	for range 3 {
		code, err := flow.RequestCode(t.Context(), p.target(t))
		if err != nil {
			t.Fatal(err)
		}
		flow.Poll(t.Context(), code)
		requests := p.seen()
		asked, polled := requests[len(requests)-2].form, requests[len(requests)-1].form
		verifier := polled.Get("code_verifier")
		sum := sha256.Sum256([]byte(verifier))
		if base64.RawURLEncoding.EncodeToString(sum[:]) != asked.Get("code_challenge") || len(verifier) != 86 || verifiers[verifier] {
			t.Errorf("verifier %q for challenge %q", verifier, asked.Get("code_challenge"))
		}
		if text := fmt.Sprintf("%v %+v %#v", code, *code, code); strings.Contains(text, verifier) {
			t.Errorf("printing a device code shows its verifier: %s", text)
		}
		verifiers[verifier] = true
	}
}

func TestRequestCode_Fails(t *testing.T) {
	for _, tc := range []struct {
		name   string
		answer http.HandlerFunc
		code   string
		says   string
	}{
		{"another state", issues(strings.Replace(goodCode, "$STATE", "someone-elses", 1)), "state_mismatch", "another sign-in"},
		{"no state", issues(strings.Replace(goodCode, `,"state":"$STATE"`, "", 1)), "state_mismatch", "state"},
		{"400 with a code", says(400, `{"error":"invalid_client","error_description":"client_id is required"}`), "authorization_failed", "invalid_client: client_id is required"},
		{"MiniMax's way to say no", says(403, `{"base_resp":{"status_code":1004,"status_msg":"login fail"}}`), "authorization_failed", "login fail"},
		{"500", says(500, `oops`), "authorization_failed", "answered 500: oops"},
		{"502 page", says(502, `<html>Bad gateway</html>`), "authorization_failed", "a web page instead of an answer"},
		{"empty 503", says(503, ``), "authorization_failed", "503 Service Unavailable"},
		{"no user_code", issues(strings.Replace(goodCode, "user_code", "user_cod", 1)), "authorization_incomplete", "user_code"},
		{"empty user_code", issues(strings.Replace(goodCode, `"ABCD-1234"`, `""`, 1)), "authorization_incomplete", "user_code"},
		{"invisible user_code", issues(strings.Replace(goodCode, `"ABCD-1234"`, `" \u001b[0m"`, 1)), "authorization_incomplete", "user_code"},
		{"no page", issues(strings.Replace(goodCode, "verification_uri", "uri", 1)), "authorization_incomplete", "verification_uri"},
		{"no deadline", issues(strings.Replace(goodCode, "expired_in", "x", 1)), "authorization_incomplete", "expired_in"},
		{"null deadline", issues(strings.Replace(goodCode, "1779271872000", "null", 1)), "authorization_incomplete", "expired_in"},
		{"negative deadline", issues(strings.Replace(goodCode, "1779271872000", "-7", 1)), "authorization_incomplete", "-7 is negative"},
		{"error in a 200", says(200, `{"error":"invalid_scope"}`), "authorization_incomplete", "invalid_scope"},
		{"status_msg in a 200", says(200, `{"base_resp":{"status_msg":"too many codes"}}`), "authorization_incomplete", "too many codes"},
		{"web page", says(200, `<!doctype html>`), "authorization_incomplete", "web page"},
		{"not JSON", says(200, `hello`), "authorization_incomplete", "cannot be read"},
		{"a list", says(200, `[]`), "authorization_incomplete", "cannot be read"},
		{"reset", resets, "unreachable", "lost"},
		{"cut", cuts("200 OK", `{"user_code":"AB`), "authorization_incomplete", "cannot be read"},
		{"control sequences", says(400, "{\"error_description\":\"\\u001b]52;c;x\\u0007bad\\u001b[2J\"}"), "authorization_failed", "400: bad"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := newPortal(t, tc.answer)
			code, err := miniMax(t).RequestCode(t.Context(), p.target(t))
			if code != nil || codeOf(err) != tc.code || !strings.Contains(err.Error(), tc.says) {
				t.Errorf("got %v, %v (%s)", code, err, codeOf(err))
			}
			var e *autherr.Error
			if errors.As(err, &e) && (e.Relogin || e.Provider != "minimax-oauth" || strings.HasSuffix(e.Message, ".")) {
				t.Errorf("the error is %+v", e)
			}
			if n := len(p.seen()); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}

func TestRequestCode_RetryAfter(t *testing.T) {
	p := newPortal(t, says(429, `{}`, "Retry-After", "7"))
	_, err := miniMax(t).RequestCode(t.Context(), p.target(t))
	var e *autherr.Error
	if !errors.As(err, &e) || e.RetryAfter != 7*time.Second || e.Kind != autherr.Network || e.Hint == "" {
		t.Errorf("got %+v", e)
	}
}

// Where waiting does not help, nobody is told to wait; where it does, nobody is
// told to look for a newer version.
func TestRequestCode_WhatToDo(t *testing.T) {
	for status, want := range map[int]string{
		400: "take the request", 401: "client of its own", 403: "this account, or this network", 404: "no such address", 405: "no such address", 410: "no such address", 422: "take the request",
		408: "try again later", 425: "try again later", 429: "try again later", 500: "try again later", 503: "try again later",
	} {
		p := newPortal(t, says(status, `{"error":"no"}`))
		_, err := miniMax(t).RequestCode(t.Context(), p.target(t))
		var e *autherr.Error
		if !errors.As(err, &e) || !strings.Contains(e.Hint, want) || (want != "try again later") == (e.Kind == autherr.Network) {
			t.Errorf("%d: %+v", status, e)
		}
	}
	p := newPortal(t, says(404, `<html>Welcome to our Wi-Fi`, "Content-Type", "text/html"))
	_, err := miniMax(t).RequestCode(t.Context(), p.target(t))
	var e *autherr.Error
	if !errors.As(err, &e) || !strings.Contains(e.Hint, "in the provider's place") {
		t.Errorf("a page: %+v", e)
	}
	if a := newPortal(t, says(200, `nonsense`)).refresh(t); a.Err == nil || !strings.Contains(a.Err.Hint, "in the provider's place") {
		t.Errorf("what cannot be read: %+v", a.Err)
	}
}

func TestRequestCode_Canceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := newPortal(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	})
	_, err := miniMax(t).RequestCode(ctx, p.target(t))
	if !errors.Is(err, autherr.Canceled) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestRequestCode_NoRandomness(t *testing.T) {
	p := newPortal(t, issues(goodCode))
	for n := range 4 {
		broken := io.MultiReader(strings.NewReader(strings.Repeat("r", []int{0, 64, 79, 90}[n])), iotest.ErrReader(errors.New("no entropy")))
		_, err := miniMax(t, func(c *oauth.Config) { c.Rand = broken }).RequestCode(t.Context(), p.target(t))
		if codeOf(err) != "authorization_failed" || len(p.seen()) != 0 {
			t.Errorf("got %v after %d requests", err, len(p.seen()))
		}
	}
}

func TestRequestCode_Interval(t *testing.T) {
	for sent, want := range map[string]time.Duration{
		`2000`: 2 * time.Second, `5000`: 5 * time.Second, `"3000"`: 3 * time.Second, `2500.5`: 2500 * time.Millisecond,
		`0`: 2 * time.Second, `-5`: 2 * time.Second, `1`: 2 * time.Second, `null`: 2 * time.Second, `"soon"`: 2 * time.Second,
		`{}`: 2 * time.Second, `99999999`: time.Minute, `1e300`: time.Minute, `1e999`: time.Minute, `"NaN"`: 2 * time.Second,
	} {
		p := newPortal(t, issues(strings.Replace(goodCode, `"interval":2000`, `"interval":`+sent, 1)))
		code, err := miniMax(t).RequestCode(t.Context(), p.target(t))
		if err != nil || code.Interval != want {
			t.Errorf("%s is %v, want %v (%v)", sent, code, want, err)
		}
	}
	p := newPortal(t, issues(strings.Replace(goodCode, `"interval":2000,`, "", 1)))
	if code, err := miniMax(t).RequestCode(t.Context(), p.target(t)); err != nil || code.Interval != 2*time.Second {
		t.Errorf("absent: %v, %v", code, err)
	}
}

func TestRequestCode_Deadline(t *testing.T) {
	for sent, want := range map[string]time.Time{
		`1779271872000`:   time.UnixMilli(1779271872000).UTC(),
		`"1779271872000"`: time.UnixMilli(1779271872000).UTC(),
		`300`:             now.Add(5 * time.Minute),
		`1779271872`:      time.Unix(1779271872, 0).UTC(),
		`9999999`:         now.Add(24 * time.Hour),
	} {
		p := newPortal(t, issues(strings.Replace(goodCode, "1779271872000", sent, 1)))
		code, err := miniMax(t).RequestCode(t.Context(), p.target(t))
		if err != nil || !code.ExpiresAt.Equal(want) {
			t.Errorf("%s: %v, want %v (%v)", sent, code, want, err)
		}
	}
}
