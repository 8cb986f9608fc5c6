package oauth

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// canned answers every request with these bytes.
type canned struct {
	body []byte
	kind string
}

func (c canned) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200, Header: http.Header{"Content-Type": {c.kind}}, Body: io.NopCloser(strings.NewReader(string(c.body))),
	}, nil
}

// FuzzDeviceCode lets an answer be metadata, a device code of the RFC and one of
// Codex: whatever it says, what comes of it is fit to show, and leads nowhere
// that is not on the list.
func FuzzDeviceCode(f *testing.F) {
	for _, s := range []string{
		`{"device_code":"d","user_code":"U-1","verification_uri":"https://id.example/x","verification_uri_complete":"https://id.example/x?c=1","expires_in":600,"interval":5}`,
		`{"issuer":"https://id.example","device_authorization_endpoint":"https://id.example/d","token_endpoint":"https://id.example/t"}`,
		`{"user_code":"U","device_auth_id":"x","interval":"1e9"}`, `{"expires_in":"\u001b"}`, `[]`, `{`, `<html>`,
		`{"device_code":"d","user_code":"\u001b[2J","verification_uri":"javascript:x","expires_in":1e300,"interval":-1}`,
	} {
		f.Add([]byte(s), "application/json")
	}
	target := Target{
		Binding:      Binding{Provider: "acme", ClientID: "c", TokenHosts: []string{"id.example", "*.id.example"}},
		ProviderName: "Acme", Issuer: "https://id.example", PageHosts: []string{"id.example"},
	}
	f.Fuzz(func(t *testing.T, body []byte, kind string) {
		client := NewClient(Config{Transport: canned{body, kind}})
		fixed := target
		fixed.DeviceURL, fixed.TokenURL = "https://id.example"+codexUserCode, "https://id.example/t"
		for _, try := range []struct {
			flow   Flow
			target Target
		}{
			{NewDevice(client, DeviceRules{PKCE: true}), target},
			{NewDevice(client, DeviceRules{}), fixed},
			{NewCodex(client, DeviceRules{}), fixed},
		} {
			code, err := try.flow.RequestCode(context.Background(), try.target)
			if (code == nil) == (err == nil) {
				t.Fatalf("%v and %v", code, err)
			}
			if err != nil {
				checkClean(t, err.Error())
				continue
			}
			checkClean(t, code.UserCode+code.VerificationURI)
			if code.UserCode == "" || code.Interval < shortestInterval || code.Interval > longestInterval || code.ExpiresAt.IsZero() {
				t.Fatalf("the code is %+v", code)
			}
			for _, host := range code.Target.TokenHosts {
				if host != "id.example" && !strings.HasSuffix(host, ".id.example") && host != "*.id.example" {
					t.Fatalf("tokens may go to %q", host)
				}
			}
		}
	})
}

// FuzzIdentity lets a token say anything of its owner.
func FuzzIdentity(f *testing.F) {
	f.Add("a.eyJlbWFpbCI6ImFAeCJ9.s")
	f.Add("a.b.c")
	f.Add("..")
	f.Add("a.bnVsbA.c")
	f.Fuzz(func(t *testing.T, token string) {
		id := identityOf(nil, secret.New(token))
		checkClean(t, id.Words())
		if same, known := id.Same(id); known && !same {
			t.Fatalf("%+v is not itself", id)
		}
	})
}
