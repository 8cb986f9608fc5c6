package oauth_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

const aRefresh, anAccess = "rt-Zm9vYmFyYmF6cXV4MDEyMzQ1Njc4OQ", "at-QUJDREVGR0hJSktMTU5PUDAxMjM0NTY3"

func revoke(p *portal, t *testing.T, how oauth.Revocation, refresh string) error {
	t.Helper()
	client := oauth.NewClient(oauth.Config{Transport: &http.Transport{}, Clock: clock.NewFake(now)})
	how.Name = "Acme"
	return client.Revoke(t.Context(), how, p.target(t).Binding, secret.New(refresh), secret.New(anAccess))
}

func TestRevoke_SendsTheRefreshTokenElseTheAccessToken(t *testing.T) {
	for refresh, want := range map[string][2]string{aRefresh: {aRefresh, "refresh_token"}, "": {anAccess, "access_token"}} {
		p := newPortal(t, says(200, ""))
		if err := revoke(p, t, oauth.Revocation{URL: p.URL + "/gone", Headers: map[string]string{"X-Tenant": "a"}}, refresh); err != nil {
			t.Fatal(err)
		}
		got := p.seen()
		if len(got) != 1 || got[0].path != "/gone" || got[0].form.Get("token") != want[0] || got[0].form.Get("token_type_hint") != want[1] ||
			got[0].form.Get("client_id") == "" || got[0].header.Get("X-Tenant") != "a" {
			t.Errorf("sent %+v", got)
		}
	}
}

func TestRevoke_AsAnObject(t *testing.T) {
	var sent map[string]string
	p := newPortal(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		_ = json.Unmarshal(body, &sent)
	})
	if err := revoke(p, t, oauth.Revocation{URL: p.URL + "/oauth/revoke", JSON: true}, aRefresh); err != nil {
		t.Fatal(err)
	}
	if sent["token"] != aRefresh || sent["token_type_hint"] != "refresh_token" || sent["client_id"] == "" {
		t.Errorf("sent %v", sent)
	}
}

func TestRevoke_WhereTheIssuerSays(t *testing.T) {
	p := issuing(t, map[string]string{
		"/.well-known/openid-configuration": `{"issuer":"$URL","token_endpoint":"$URL/token","revocation_endpoint":"$URL/device"}`,
	})
	if err := revoke(p, t, oauth.Revocation{Issuer: p.URL}, aRefresh); err != nil || !slices.Contains(p.paths(), "/device") {
		t.Errorf("%v; asked %v", err, p.paths())
	}
}

// What goes wrong is said in a code and a sentence without the tokens, and
// nothing is sent to a host that is not sealed with them.
func TestRevoke_Fails(t *testing.T) {
	elsewhere := newPortal(t, says(200, ""))
	nowhere := issuing(t, map[string]string{"/.well-known/openid-configuration": `{"issuer":"$URL","token_endpoint":"$URL/token"}`})
	astray := issuing(t, map[string]string{
		"/.well-known/openid-configuration": `{"issuer":"$URL","token_endpoint":"$URL/token","revocation_endpoint":"` + elsewhere.URL + `/revoke"}`,
	})
	for name, c := range map[string]struct {
		portal *portal
		how    func(p *portal) oauth.Revocation
		code   string
	}{
		"no endpoint":     {newPortal(t, says(200, "")), func(*portal) oauth.Revocation { return oauth.Revocation{} }, "not_revocable"},
		"none named":      {nowhere, func(p *portal) oauth.Revocation { return oauth.Revocation{Issuer: p.URL} }, "not_revocable"},
		"named elsewhere": {astray, func(p *portal) oauth.Revocation { return oauth.Revocation{Issuer: p.URL} }, "discovery_invalid"},
		"another host":    {newPortal(t, says(200, "")), func(*portal) oauth.Revocation { return oauth.Revocation{URL: elsewhere.URL + "/revoke"} }, "host_not_allowed"},
		"refused": {newPortal(t, says(400, `{"error":"unsupported_token_type","error_description":"not `+aRefresh+`"}`)),
			func(p *portal) oauth.Revocation { return oauth.Revocation{URL: p.URL + "/revoke"} }, "revocation_failed"},
		"down":      {newPortal(t, says(503, "")), func(p *portal) oauth.Revocation { return oauth.Revocation{URL: p.URL + "/revoke"} }, "revocation_failed"},
		"sent away": {newPortal(t, says(307, "", "Location", elsewhere.URL)), func(p *portal) oauth.Revocation { return oauth.Revocation{URL: p.URL + "/revoke"} }, "host_not_allowed"},
		"reset":     {newPortal(t, resets), func(p *portal) oauth.Revocation { return oauth.Revocation{URL: p.URL + "/revoke"} }, "unreachable"},
	} {
		err := revoke(c.portal, t, c.how(c.portal), aRefresh)
		if codeOf(err) != c.code || strings.Contains(err.Error(), aRefresh) {
			t.Errorf("%s: %v (%s), want %s", name, err, codeOf(err), c.code)
		}
	}
	if got := elsewhere.seen(); len(got) != 0 {
		t.Errorf("another host got %+v", got)
	}
}
