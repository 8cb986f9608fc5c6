package oauth_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// xaiPortal serves xAI's metadata and codes, and answers token requests.
func xaiPortal(t *testing.T, token http.HandlerFunc) *portal {
	t.Helper()
	var p *portal
	p = newPortal(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/.well-known/openid-configuration":
			says(200, `{"issuer":"`+p.URL+`","authorization_endpoint":"`+p.URL+`/a","token_endpoint":"`+p.URL+`/oauth2/token"}`)(w, r)
		case "/oauth2/device/code":
			says(200, strings.ReplaceAll(rfcCode, "$URL", p.URL))(w, r)
		case "/oauth2/token":
			token(w, r)
		default:
			http.NotFound(w, r)
		}
	})
	return p
}

func TestXAI_SignIn(t *testing.T) {
	access := jwt(`{"exp":1779274800,"email":"a@x.example","sub":"s"}`)
	p := xaiPortal(t, says(200, `{"access_token":"`+access+`","refresh_token":"FAKE-rt","token_type":"Bearer"}`))
	flow, target := p.builtIn(t, "xai")
	code, err := flow.RequestCode(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	if code.Target.TokenURL != p.URL+"/oauth2/token" {
		t.Errorf("tokens come from %s", code.Target.TokenURL)
	}
	a := flow.Poll(t.Context(), code)
	if a.Outcome != oauth.Granted || a.Tokens.ExpiresAt.Unix() != 1779274800 || a.Tokens.Identity.Label != "a@x.example" {
		t.Errorf("got %+v", a.Tokens)
	}
	if form := p.seen()[1].form; form.Get("client_id") != "b1a00492-073a-47ea-816f-4c329264a828" || !strings.Contains(form.Get("scope"), "api:access") || len(form) != 2 {
		t.Errorf("asked with %v", form)
	}
}

func TestXAI_HalfAPairIsNone(t *testing.T) {
	p := xaiPortal(t, says(200, `{"access_token":"FAKE-at"}`))
	flow, target := p.builtIn(t, "xai")
	code, err := flow.RequestCode(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	if a := flow.Poll(t.Context(), code); a.Outcome != oauth.Terminal || codeOf(a.Err) != "token_incomplete" {
		t.Errorf("got %+v", a)
	}
}

// An account that another program signed in has no token endpoint yet: it is
// the one that the issuer names, on a host of the list, or nothing is sent.
func TestXAI_RefreshFindsTheTokenEndpoint(t *testing.T) {
	p := xaiPortal(t, says(200, `{"access_token":"`+jwt(`{"exp":1779274800}`)+`","refresh_token":"FAKE-rt-2"}`))
	table, err := provider.Default().WithOverride("xai", "global", p.URL, p.URL+"/v1")
	if err != nil {
		t.Fatal(err)
	}
	found, region, err := table.Find("xai")
	if err != nil {
		t.Fatal(err)
	}
	found.Device.Issuer = region.Issuer
	flow, err := found.Flow(client())
	if err != nil {
		t.Fatal(err)
	}
	b := provider.Target(found, region).Binding
	if b.TokenURL != "" {
		t.Fatalf("the endpoint is known: %s", b.TokenURL)
	}
	if a := flow.Refresh(t.Context(), b, secret.New(refreshToken)); a.Outcome != oauth.Granted || a.Tokens.Refresh.Reveal() != "FAKE-rt-2" {
		t.Errorf("got %+v (%v)", a, a.Err)
	}
	if diff := cmp.Diff([]string{"/.well-known/openid-configuration", "/oauth2/token"}, p.paths()); diff != "" {
		t.Error(diff)
	}
	b.TokenHosts = []string{"auth.x.ai"}
	if a := flow.Refresh(t.Context(), b, secret.New(refreshToken)); a.Outcome != oauth.NotSent || a.Err == nil || len(p.seen()) != 2 {
		t.Errorf("got %+v, requests %v", a, p.paths())
	}
}

// Discovery leads to hosts of x.ai only.
func TestXAI_Hosts(t *testing.T) {
	_, r, err := provider.Default().Find("xai-oauth")
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string]bool{
		"auth.x.ai": true, "x.ai": true, "accounts.x.ai": true, "evil-x.ai": false, "x.ai.evil.example": false, "api.openai.com": false,
	} {
		if oauth.HostListed(r.TokenHosts, host) != want {
			t.Errorf("%s: %v", host, !want)
		}
	}
}

func TestXAI_RefreshTable(t *testing.T) {
	for name, tc := range map[string]struct {
		answer  http.HandlerFunc
		outcome oauth.Outcome
		code    string
	}{
		"403":                {says(403, `{"error":"forbidden"}`), oauth.NotIncluded, "xai_oauth_tier_denied"},
		"403 with a grant":   {says(403, `{"error":"invalid_grant"}`), oauth.NotIncluded, "xai_oauth_tier_denied"},
		"403 of a firewall":  {says(403, `<html>`), oauth.NotSpent, "xai_refresh_failed"},
		"400":                {says(400, `{}`), oauth.Terminal, "xai_refresh_failed"},
		"401":                {says(401, ``), oauth.Terminal, "xai_refresh_failed"},
		"400 with a code":    {says(400, `{"error":"invalid_grant"}`), oauth.Terminal, "invalid_grant"},
		"400 of a firewall":  {says(400, `<html>`), oauth.NotSpent, "xai_refresh_failed"},
		"404":                {says(404, `{}`), oauth.NotSpent, "xai_refresh_failed"},
		"429":                {says(429, `{}`), oauth.NotSpent, "xai_refresh_failed"},
		"503":                {says(503, `{"error":"invalid_grant"}`), oauth.Unknown, "xai_refresh_failed"},
		"200, not JSON":      {says(200, `nope`), oauth.Unknown, "xai_refresh_invalid_json"},
		"200, without token": {says(200, `{"id_token":"x"}`), oauth.Doubtful, "xai_refresh_missing_access_token"},
	} {
		t.Run(name, func(t *testing.T) {
			p := xaiPortal(t, tc.answer)
			flow, target := p.builtIn(t, "xai")
			target.Binding.TokenURL = p.URL + "/oauth2/token"
			a := flow.Refresh(t.Context(), target.Binding, secret.New(refreshToken))
			if a.Outcome != tc.outcome || codeOf(a.Err) != tc.code || a.Err.Relogin != (tc.outcome == oauth.Terminal) {
				t.Errorf("got %+v (%v)", a, a.Err)
			}
		})
	}
}
