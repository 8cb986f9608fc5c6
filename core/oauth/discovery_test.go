package oauth_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// issuing is a portal that serves metadata at these paths, "$URL" standing for
// its address, and device codes.
func issuing(t *testing.T, documents map[string]string) *portal {
	t.Helper()
	var p *portal
	p = newPortal(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/device" {
			says(200, strings.ReplaceAll(rfcCode, "$URL", p.URL))(w, r)
			return
		}
		document, ok := documents[r.URL.Path]
		if !ok || r.Method != http.MethodGet {
			http.NotFound(w, r)
			return
		}
		says(200, strings.ReplaceAll(document, "$URL", p.URL))(w, r)
	})
	return p
}

func discovered(p *portal, path string) oauth.Target {
	t := p.acme()
	t.Issuer, t.DeviceURL, t.TokenURL = p.URL+path, "", ""
	return t
}

func TestDiscovery(t *testing.T) {
	const document = `{"issuer":"$URL","device_authorization_endpoint":"$URL/device","token_endpoint":"$URL/token"}`
	for name, tc := range map[string]struct {
		documents map[string]string
		path      string
	}{
		"OpenID":                  {map[string]string{"/.well-known/openid-configuration": document}, ""},
		"RFC 8414":                {map[string]string{"/.well-known/oauth-authorization-server": document}, ""},
		"RFC 8414 below a path":   {map[string]string{"/.well-known/oauth-authorization-server/t1": strings.Replace(document, "$URL", "$URL/t1", 1)}, "/t1"},
		"OpenID below a path":     {map[string]string{"/t1/.well-known/openid-configuration": strings.Replace(document, "$URL", "$URL/t1", 1)}, "/t1"},
		"a slash more":            {map[string]string{"/.well-known/openid-configuration": strings.Replace(document, "$URL", "$URL/", 1)}, ""},
		"a page at every address": {map[string]string{"/.well-known/openid-configuration": `<html>`, "/.well-known/oauth-authorization-server": document}, ""},
		"OpenID names no device": {map[string]string{
			"/.well-known/openid-configuration":       `{"issuer":"$URL","token_endpoint":"$URL/token"}`,
			"/.well-known/oauth-authorization-server": document,
		}, ""},
		"an issuer without a name": {map[string]string{"/.well-known/openid-configuration": `{"device_authorization_endpoint":"$URL/device","token_endpoint":"$URL/token"}`}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := issuing(t, tc.documents)
			code, err := device(oauth.DeviceRules{}).RequestCode(t.Context(), discovered(p, tc.path))
			if err != nil {
				t.Fatal(err)
			}
			if code.Target.TokenURL != p.URL+"/token" || code.Target.DeviceURL != p.URL+"/device" {
				t.Errorf("found %+v", code.Target)
			}
		})
	}
}

func TestDiscovery_Refuses(t *testing.T) {
	const where = "/.well-known/openid-configuration"
	for name, tc := range map[string]struct{ document, code string }{
		"another issuer":      {`{"issuer":"https://evil.example","device_authorization_endpoint":"$URL/device","token_endpoint":"$URL/token"}`, "discovery_invalid"},
		"a foreign token URL": {`{"issuer":"$URL","device_authorization_endpoint":"$URL/device","token_endpoint":"https://evil.example/token"}`, "discovery_invalid"},
		"a foreign device":    {`{"issuer":"$URL","device_authorization_endpoint":"https://evil.example/d","token_endpoint":"$URL/token"}`, "discovery_invalid"},
		"no scheme":           {`{"issuer":"$URL","device_authorization_endpoint":"device","token_endpoint":"$URL/token"}`, "discovery_invalid"},
		"no device endpoint":  {`{"issuer":"$URL","token_endpoint":"$URL/token"}`, "discovery_incomplete"},
		"no token endpoint":   {`{"issuer":"$URL","device_authorization_endpoint":"$URL/device"}`, "discovery_incomplete"},
		"a page":              {`<html>`, "discovery_failed"},
	} {
		t.Run(name, func(t *testing.T) {
			p := issuing(t, map[string]string{where: tc.document})
			_, err := device(oauth.DeviceRules{}).RequestCode(t.Context(), discovered(p, ""))
			if codeOf(err) != tc.code {
				t.Errorf("got %v (%s)", err, codeOf(err))
			}
			for _, path := range p.paths() {
				if path == "/device" {
					t.Error("a code was asked for all the same")
				}
			}
		})
	}
	p := newPortal(t, http.NotFound)
	if _, err := device(oauth.DeviceRules{}).RequestCode(t.Context(), discovered(p, "")); codeOf(err) != "discovery_failed" {
		t.Errorf("no metadata gave %v", err)
	}
}

// An issuer that is asked over https names no endpoint that is not, whichever
// host it is on: not even this machine, where everybody could listen.
func TestDiscovery_RefusesPlainHTTP(t *testing.T) {
	for _, field := range []string{"device_authorization_endpoint", "token_endpoint"} {
		for _, address := range []string{"http://id.example/x", "http://127.0.0.1:9999/x", "http://localhost:9999/x", "HTTP://id.example/x"} {
			var asked []string
			names := map[string]string{
				"issuer": "https://id.example", "device_authorization_endpoint": "https://id.example/d", "token_endpoint": "https://id.example/t",
			}
			names[field] = address
			document, _ := json.Marshal(names)
			c := oauth.NewClient(oauth.Config{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
				asked = append(asked, r.URL.Path)
				return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(document)), Request: r}, nil
			})})
			_, err := oauth.NewDevice(c, oauth.DeviceRules{Name: "Acme"}).RequestCode(t.Context(), oauth.Target{
				Binding:      oauth.Binding{Provider: "acme", TokenHosts: []string{"id.example", "127.0.0.1:9999", "localhost:9999"}},
				ProviderName: "Acme", Issuer: "https://id.example",
			})
			if codeOf(err) != "discovery_invalid" || slices.ContainsFunc(asked, func(path string) bool { return !strings.HasPrefix(path, "/.well-known/") }) {
				t.Errorf("%s %s: %v; asked %v", field, address, err, asked)
			}
		}
	}
}

// What is sealed into the record are hosts, not patterns.
func TestDiscovery_PatternsBecomeHosts(t *testing.T) {
	p := issuing(t, map[string]string{
		"/.well-known/openid-configuration": `{"issuer":"$URL","device_authorization_endpoint":"$URL/device","token_endpoint":"https://login.id.example/token"}`,
	})
	target := discovered(p, "")
	target.TokenHosts = append(target.TokenHosts, "*.id.example")
	code, err := device(oauth.DeviceRules{}).RequestCode(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	u, _ := url.Parse(p.URL)
	if diff := cmp.Diff([]string{u.Host, "login.id.example"}, code.Target.TokenHosts); diff != "" {
		t.Error(diff)
	}
}

func TestHostListed(t *testing.T) {
	list := []string{"x.ai", "*.x.ai", "id.example:8443"}
	for host, want := range map[string]bool{
		"x.ai": true, "auth.x.ai": true, "a.b.x.ai": true, "evilx.ai": false, "x.ai.evil.example": false, "": false,
		"id.example:8443": true, "id.example": false, ".x.ai": true, "auth.x.ai:444": false,
	} {
		if got := oauth.HostListed(list, host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}
