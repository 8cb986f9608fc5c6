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
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// builtIn is a provider of the table with the portal in its place.
func (p *portal) builtIn(t *testing.T, id string) (oauth.Flow, oauth.Target) {
	t.Helper()
	table, err := provider.Default().WithOverride(id, "global", p.URL, p.URL+"/v1")
	if err != nil {
		t.Fatal(err)
	}
	found, region, err := table.Find(id)
	if err != nil {
		t.Fatal(err)
	}
	flow, err := found.Flow(client())
	if err != nil {
		t.Fatal(err)
	}
	return flow, provider.Target(found, region)
}

// invoke is an access token that is a key of Nous's inference API for life.
func invoke(claims string, life time.Duration) string {
	return jwt(fmt.Sprintf(`{"exp":%d%s}`, now.Add(life).Unix(), claims))
}

const inferenceScope = `,"scope":"inference:invoke"`

func nousTokens(access string) string {
	return `{"access_token":"` + access + `","refresh_token":"FAKE-nous-rt-2","token_type":"Bearer","expires_in":900}`
}

func TestNous_RefreshTokenInHeader(t *testing.T) {
	p := newPortal(t, says(200, nousTokens(invoke(inferenceScope, 15*time.Minute))))
	flow, target := p.builtIn(t, "nous")
	a := flow.Refresh(t.Context(), target.Binding, secret.New(refreshToken))
	if a.Outcome != oauth.Granted || !a.Tokens.ExpiresAt.Equal(now.Add(15*time.Minute)) || a.Tokens.Unfit != nil {
		t.Fatalf("got %+v", a)
	}
	sent := p.seen()[0]
	if sent.path != "/api/oauth/token" || sent.header.Get("x-nous-refresh-token") != refreshToken {
		t.Errorf("sent %+v", sent)
	}
	want := map[string][]string{"grant_type": {"refresh_token"}, "client_id": {"hermes-cli"}}
	if diff := cmp.Diff(want, map[string][]string(sent.form)); diff != "" {
		t.Error(diff)
	}
}

// The redirect of a token request carries the header too, so it is followed to
// hosts of the account only.
func TestNous_HeaderGoesNowhereElse(t *testing.T) {
	foreign := newPortal(t, says(200, `{}`))
	p := newPortal(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, foreign.URL+"/x", http.StatusTemporaryRedirect)
	})
	flow, target := p.builtIn(t, "nous")
	a := flow.Refresh(t.Context(), target.Binding, secret.New(refreshToken))
	if codeOf(a.Err) != "host_not_allowed" || len(foreign.seen()) != 0 {
		t.Errorf("got %+v, the foreign host saw %v", a, foreign.seen())
	}
}

func TestNous_InvokeToken(t *testing.T) {
	for name, tc := range map[string]struct{ access, unfit, odd string }{
		"scope in words":     {invoke(`,"scope":"x inference:invoke"`, time.Hour), "", ""},
		"scope as a list":    {invoke(`,"scope":["inference:invoke"]`, time.Hour), "", ""},
		"scp":                {invoke(`,"scp":["inference:invoke"]`, time.Hour), "", ""},
		"the granted scope":  {invoke(``, time.Hour), "", ""},
		"another scope":      {invoke(`,"scope":"billing:manage"`, time.Hour), "missing_inference_invoke_scope", ""},
		"part of the word":   {invoke(`,"scope":"inference:invoke2"`, time.Hour), "missing_inference_invoke_scope", ""},
		"no JWT":             {"sk-opaque", "access_token_not_jwt", ""},
		"ended":              {invoke(inferenceScope, -time.Minute), "", "invoke_jwt_expiring"},
		"no word of its end": {jwt(`{"scope":"inference:invoke"}`), "", "invoke_jwt_expiry_unknown_or_expiring"},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t, says(200, nousTokens(tc.access)))
			flow, target := p.builtIn(t, "nous")
			a := flow.Refresh(t.Context(), target.Binding, secret.New(refreshToken))
			if a.Outcome != oauth.Granted {
				t.Fatalf("the tokens are lost: %+v", a)
			}
			unfit := ""
			if a.Tokens.Unfit != nil {
				unfit = a.Tokens.Unfit.Code
				if !a.Tokens.Unfit.Relogin {
					t.Error("it does not ask to sign in again")
				}
			}
			if unfit != tc.unfit || codeOf(a.Tokens.ExpiryErr) != tc.odd {
				t.Errorf("unfit %q, expiry %v", unfit, a.Tokens.ExpiryErr)
			}
		})
	}
}

func TestNous_SignInWithoutTheScopeIsNone(t *testing.T) {
	var p *portal
	p = newPortal(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/device/code") {
			says(200, strings.ReplaceAll(rfcCode, "$URL", p.URL))(w, r)
			return
		}
		says(200, nousTokens(invoke(`,"scope":"billing:manage"`, time.Hour)))(w, r)
	})
	flow, target := p.builtIn(t, "nous")
	code, err := flow.RequestCode(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	if code.Interval != 5*time.Second {
		t.Errorf("polled every %v", code.Interval)
	}
	if a := flow.Poll(t.Context(), code); a.Outcome != oauth.Terminal || codeOf(a.Err) != "missing_inference_invoke_scope" || a.Tokens != nil {
		t.Errorf("got %+v", a)
	}
}

func TestNous_RefreshTable(t *testing.T) {
	for name, tc := range map[string]struct {
		answer  http.HandlerFunc
		outcome oauth.Outcome
		code    string
		says    string
	}{
		"invalid_grant":        {says(400, `{"error":"invalid_grant"}`), oauth.Terminal, "invalid_grant", ""},
		"invalid_token":        {says(401, `{"error":"invalid_token"}`), oauth.Terminal, "invalid_token", ""},
		"revoked":              {says(400, `{"error":"revoked"}`), oauth.Terminal, "revoked", ""},
		"revoked_token":        {says(401, `{"error":"revoked_token"}`), oauth.Terminal, "revoked_token", ""},
		"refresh_token_reused": {says(400, `{"error":"refresh_token_reused"}`), oauth.Terminal, "refresh_token_reused", ""},
		"reuse in words": {
			says(400, `{"error":"invalid_grant","error_description":"refresh token reuse detected"}`), oauth.Terminal, "invalid_grant", "another program",
		},
		"no plan":      {says(403, `{"error":"subscription_required"}`), oauth.NotIncluded, "subscription_required", ""},
		"no credits":   {says(402, `{"error":"insufficient_credits"}`), oauth.NotSpent, "insufficient_credits", ""},
		"server_error": {says(500, `{"error":"server_error"}`), oauth.Unknown, "refresh_failed", ""},
		"a page":       {says(400, `<html>`), oauth.NotSpent, "refresh_failed", ""},
		"WAF":          {says(403, `<html>`, "x-vercel-mitigated", "challenge"), oauth.NotSpent, "refresh_failed", "a firewall in front of Nous Portal"},
		"429":          {says(429, `{"error":"invalid_grant"}`), oauth.NotSpent, "refresh_failed", ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPortal(t, tc.answer)
			flow, target := p.builtIn(t, "nous")
			a := flow.Refresh(t.Context(), target.Binding, secret.New(refreshToken))
			if a.Outcome != tc.outcome || codeOf(a.Err) != tc.code || !strings.Contains(a.Err.Error(), tc.says) || a.Err.Relogin != (tc.outcome == oauth.Terminal) {
				t.Errorf("got %+v (%v)", a, a.Err)
			}
		})
	}
}

// A person whose code ended is sent to a page that exists, and told of the
// CAPTCHA.
func TestNous_LateCode(t *testing.T) {
	p, _, err := provider.Default().Find("nous")
	if err != nil || !strings.Contains(p.Late, "CAPTCHA") || !strings.Contains(p.Late, "https://portal.nousresearch.com/login") || strings.Contains(p.Late, "/device") {
		t.Errorf("%q, %v", p.Late, err)
	}
}

// What the portal says of its inference API is a base URL only on a host of the
// list.
func TestNous_InferenceBase(t *testing.T) {
	_, region, err := provider.Default().Find("nous")
	if err != nil {
		t.Fatal(err)
	}
	b := oauth.Binding{APIHosts: region.APIHosts, API: oauth.ChatCompletions}
	for named, want := range map[string]string{
		"https://welcome-api.nousresearch.com/v1":                "https://welcome-api.nousresearch.com/v1",
		"https://inference-api.nousresearch.com/v1":              "https://inference-api.nousresearch.com/v1",
		"http://inference-api.nousresearch.com/v1":               "",
		"https://evil.example/v1":                                "",
		"https://inference-api.nousresearch.com.evil.example/v1": "",
	} {
		if got, ok := b.ResourceBase(named); got != want || ok != (want != "") {
			t.Errorf("%s is %q", named, got)
		}
	}
}

// A firewall in front of the portal is named as such where it stops a sign-in,
// and is no fault of the program.
func TestNous_FirewallAtTheCode(t *testing.T) {
	p := newPortal(t, says(403, `<!DOCTYPE html><html>`, "x-vercel-mitigated", "challenge"))
	flow, target := p.builtIn(t, "nous")
	_, err := flow.RequestCode(t.Context(), target)
	var e *autherr.Error
	if !errors.As(err, &e) || e.Kind != autherr.Network || !strings.Contains(e.Message, "firewall") || !strings.Contains(e.Hint, "another network") {
		t.Errorf("got %v (%+v)", err, e)
	}
}
