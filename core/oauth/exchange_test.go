package oauth_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

const (
	gitHubCode  = `{"device_code":"FAKE-device","user_code":"WDJB-MJHT","verification_uri":"https://github.com/login/device","expires_in":900,"interval":5}`
	gitHubToken = "ghu_FAKE0123456789abcdefghijABCDEFGHIJ01"
	apiToken    = "tid=FAKE0123456789abcdef;exp=1779273000;sku=free_sandbox;8kp=1:FAKEa1b2c3d4e5f60718293a4b5c"
	noAccess    = `{"message":"Resource not accessible by integration","error_details":{"notification_id":"no_copilot_access","message":"No access to GitHub Copilot found.","title":"Sign up"}}`
)

// gitHub answers code requests, polls and exchanges.
func gitHub(t *testing.T, poll, exchange http.HandlerFunc) *portal {
	t.Helper()
	return newPortal(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/login/device/code":
			says(200, gitHubCode)(w, r)
		case "/login/oauth/access_token":
			poll(w, r)
		case "/copilot_internal/v2/token":
			exchange(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

var (
	// approved and tells are GitHub's answers when all is well.
	approved  = says(200, `{"access_token":"`+gitHubToken+`","token_type":"bearer","scope":"read:user"}`)
	exchanged = says(200, fmt.Sprintf(`{"token":%q,"expires_at":%d,"refresh_in":1500,"endpoints":{"api":"https://api.business.githubcopilot.com"}}`, apiToken, now.Add(30*time.Minute).Unix()))
)

// A sign-in with GitHub ends with the exchanged token; GitHub's own is the grant. What
// is sent is what GitHub's plugin sends, and a bad moment loses no approval.
func TestExchange_SignIn(t *testing.T) {
	polls := 0
	p := gitHub(t, func(w http.ResponseWriter, r *http.Request) {
		if polls++; polls == 1 {
			says(200, `{"error":"authorization_pending"}`)(w, r)
			return
		}
		approved(w, r)
	}, inTurn(says(503, `<html>`), resets, says(403, `{"message":"rate limited"}`, "Retry-After", "7"), exchanged))
	flow, target := p.builtIn(t, "copilot")
	code, err := flow.RequestCode(t.Context(), target)
	if err != nil || code.UserCode != "WDJB-MJHT" || code.Interval != 5*time.Second {
		t.Fatalf("got %+v, %v", code, err)
	}
	if a := flow.Poll(t.Context(), code); a.Outcome != oauth.Pending {
		t.Fatalf("before the approval: %+v", a)
	}
	for range 3 {
		if a := flow.Poll(t.Context(), code); a.Outcome == oauth.Granted || a.Outcome == oauth.Terminal || a.Reason == "" {
			t.Fatalf("in a bad moment: %+v", a)
		}
	}
	a := flow.Poll(t.Context(), code)
	if a.Outcome != oauth.Granted || a.Tokens.Access.Reveal() != apiToken || a.Tokens.Refresh.Reveal() != gitHubToken ||
		!a.Tokens.ExpiresAt.Equal(now.Add(30*time.Minute)) || polls != 2 {
		t.Fatalf("got %+v after %d polls", a, polls)
	}
	all := p.seen()
	if form := all[0].form; form.Get("client_id") != "Iv1.b507a08c87ecfe98" || form.Get("scope") != "read:user" {
		t.Errorf("the code was asked for with %v", form)
	}
	last := all[len(all)-1].header
	if last.Get("Authorization") != "token "+gitHubToken || last.Get("Editor-Version") == "" || last.Get("Content-Type") != "" {
		t.Errorf("exchanged with %v", last)
	}
}

// TestExchange_Table: what an answer to an exchange means for the sign-in, at a refresh
// and at the end of a sign-in. Nothing is ever spent, and only what says that the grant
// is dead ends it.
func TestExchange_Table(t *testing.T) {
	for name, tc := range map[string]struct {
		answer  http.HandlerFunc
		outcome oauth.Outcome
		code    string
		signIn  oauth.Outcome // 0: it is asked again later
	}{
		"granted":                     {exchanged, oauth.Granted, "", oauth.Granted},
		"401, bad credentials":        {says(401, `{"message":"Bad credentials","status":"401"}`), oauth.Terminal, "refresh_failed", oauth.Terminal},
		"401 with nothing in it":      {says(401, ``), oauth.NotSpent, "refresh_failed", oauth.Terminal},
		"401 of something between":    {says(401, `Unauthorized`, "Content-Type", "text/plain"), oauth.NotSpent, "refresh_failed", oauth.Terminal},
		"401 of a web page":           {says(401, `<html>sign in to this network</html>`, "Content-Type", "text/html"), oauth.NotSpent, "refresh_failed", 0},
		"401 of a firewall":           {says(401, `{"message":"blocked"}`, "cf-mitigated", "challenge"), oauth.NotSpent, "refresh_failed", 0},
		"400 with a terminal code":    {says(400, `{"error":"bad_credentials"}`), oauth.Terminal, "bad_credentials", oauth.Terminal},
		"403, no plan":                {says(403, noAccess), oauth.NotIncluded, "no_copilot_access", oauth.Terminal},
		"403, too many requests":      {says(403, `{"message":"API rate limit exceeded for user ID 1."}`, "Retry-After", "60"), oauth.NotSpent, "refresh_failed", 0},
		"403, something else":         {says(403, `{"message":"Resource not accessible by integration"}`), oauth.NotSpent, "refresh_failed", oauth.Terminal},
		"404":                         {says(404, `{"message":"Not Found"}`), oauth.NotSpent, "refresh_failed", oauth.Terminal},
		"429":                         {says(429, `{"message":"Bad credentials"}`), oauth.NotSpent, "refresh_failed", 0},
		"503 that says it is dead":    {says(503, `{"message":"Bad credentials","error":"bad_credentials"}`), oauth.NotSpent, "refresh_failed", 0},
		"200 without a token":         {says(200, `{"expires_at":1}`), oauth.NotSpent, "refresh_failed", oauth.Terminal},
		"200 with an odd token":       {says(200, `{"token":{"a":1}}`), oauth.NotSpent, "refresh_failed", oauth.Terminal},
		"200 that is no object":       {says(200, `[]`), oauth.NotSpent, "refresh_failed", oauth.Terminal},
		"cut":                         {cuts("200 OK", `{"token":"x`), oauth.NotSpent, "refresh_failed", 0},
		"reset":                       {resets, oauth.NotSpent, "unreachable", 0},
		"a redirect to another host":  {says(307, ``, "Location", "https://evil.example/"), oauth.NotSpent, "host_not_allowed", 0},
		"a redirect that drops it":    {says(302, ``, "Location", "/elsewhere"), oauth.NotSpent, "host_not_allowed", 0},
		"200 whose expiry is no time": {says(200, `{"token":"`+apiToken+`","expires_at":"soon"}`), oauth.Granted, "", oauth.Granted},
	} {
		t.Run(name, func(t *testing.T) {
			p := gitHub(t, approved, tc.answer)
			flow, target := p.builtIn(t, "copilot")
			a := flow.Refresh(t.Context(), target.Binding, secret.New(gitHubToken), secret.New(apiToken))
			if a.Outcome != tc.outcome || codeOf(a.Err) != tc.code || a.Err != nil && a.Err.Relogin != (tc.outcome == oauth.Terminal) {
				t.Errorf("at a refresh: %+v (%v)", a, a.Err)
			}
			if a.Tokens != nil && (!a.Tokens.Refresh.IsZero() || a.Tokens.Access.IsZero()) {
				t.Error("the grant was replaced")
			}
			code, err := flow.RequestCode(t.Context(), target)
			if err != nil {
				t.Fatal(err)
			}
			a = flow.Poll(t.Context(), code)
			if ended := a.Outcome == oauth.Granted || a.Outcome == oauth.Terminal; ended != (tc.signIn != 0) || ended && a.Outcome != tc.signIn {
				t.Errorf("at a sign-in: %+v (%v)", a, a.Err)
			}
		})
	}
}

// The grant goes to the host that is sealed with it, and nowhere else, whatever the
// table says by now.
func TestExchange_GoesNowhereElse(t *testing.T) {
	p := gitHub(t, approved, exchanged)
	flow, target := p.builtIn(t, "copilot")
	for _, address := range []string{"https://evil.example/copilot_internal/v2/token", "http://api.github.com/copilot_internal/v2/token", ""} {
		b := target.Binding
		b.ExchangeURL = address
		if a := flow.Refresh(t.Context(), b, secret.New(gitHubToken)); a.Outcome != oauth.NotSent || codeOf(a.Err) != "host_not_allowed" || len(p.seen()) != 0 {
			t.Errorf("%q: %+v", address, a)
		}
	}
	if a := flow.Refresh(t.Context(), target.Binding, secret.New("")); a.Outcome != oauth.NotSent || codeOf(a.Err) != "no_refresh_token" {
		t.Errorf("without a grant: %+v", a)
	}
}

// An exchange is data: header, scheme and fields are what a description says.
func TestExchange_AsDescribed(t *testing.T) {
	p := newPortal(t, says(200, `{"data":{"key":{"value":"K-1"}},"meta":{"until":"2026-05-20T10:20:00Z","at":"x"}}`))
	client := client()
	flow := oauth.NewExchanged(client, oauth.DeviceRules{Name: "Acme"}, oauth.Exchange{
		Header: "X-Grant", Token: "data.key.value", Expiry: "meta.until", Base: "meta.at", Headers: map[string]string{"X-Program": "p"},
	})
	target := p.acme()
	target.ExchangeURL = p.URL + "/trade"
	a := flow.Refresh(context.Background(), target.Binding, secret.New("G-1"))
	if a.Outcome != oauth.Granted || a.Tokens.Access.Reveal() != "K-1" || !a.Tokens.ExpiresAt.Equal(now.Add(20*time.Minute)) || a.Tokens.ResourceURL != "x" {
		t.Fatalf("got %+v (%v)", a, a.Err)
	}
	if r := p.seen()[0]; r.path != "/trade" || r.header.Get("X-Grant") != "G-1" || r.header.Get("X-Program") != "p" || r.header.Get("Authorization") != "" {
		t.Errorf("sent %+v", r)
	}
}

// A base URL that an exchange names holds only on a host that may have the token.
func TestExchange_Base(t *testing.T) {
	p, r, err := provider.Default().Find("copilot")
	if err != nil {
		t.Fatal(err)
	}
	b := provider.Target(p, r).Binding
	for base, ok := range map[string]bool{
		"https://api.business.githubcopilot.com": true, "https://api.githubcopilot.com/": true,
		"https://githubcopilot.com.evil.example": false, "http://api.business.githubcopilot.com": false,
		"https://evil.example": false, "https://api.business.githubcopilot.com?x=1": false, "": false,
	} {
		if got, is := b.ResourceBase(base); is != ok || ok && got != strings.TrimSuffix(base, "/") {
			t.Errorf("%q: %q, %v", base, got, is)
		}
	}
}
