package serve

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// The one gate: a host is the same in whatever letters and with the port that its
// scheme has anyway, and no other one; nothing else that tells who asks is left.
func TestToken_Sign(t *testing.T) {
	token := Token{Access: secret.New("the token"), Account: "a1a1a1a1a1", BaseURL: "https://api.example", Hosts: []string{"api.example", "api.example:8443", "127.0.0.1", "[::1]:9"}, Header: http.Header{"x-wants": {"this"}}}
	for address, allowed := range map[string]bool{
		"https://api.example/v1": true, "https://API.Example/v1": true, "HTTPS://api.EXAMPLE:443/v1": true, "https://api.example:8443": true, "https://API.example:8443": true,
		"http://127.0.0.1/v1": true, "http://127.0.0.1:80/v1": true, "http://[::1]:9/v1": true,
		"http://api.example/v1": false, "http://api.example:443/v1": false, "https://api.example:80": false, "https://api.example:444": false,
		"https://api.example.evil": false, "https://evil.example": false, "https://evil-api.example": false, "https://api.example@evil.example": false, "https://evil@api.example": false,
		"https://api.example.": false, "https://": false, "//api.example": false, "ftp://api.example": false, "http://127.0.0.1:81": false, "http://localhost": false,
	} {
		q, err := http.NewRequest(http.MethodPost, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"Authorization", "X-Api-Key", "Api-Key", "Proxy-Authorization", "Cookie", "X-Wants"} {
			q.Header[name] = []string{"foreign", "foreign"}
		}
		q.Header.Set("Stays", "1")
		err = token.Sign(q)
		var e *autherr.Error
		if !allowed {
			if !errors.As(err, &e) || e.Kind != autherr.Usage || e.Code != autherr.CodeHostNotAllowed || q.Header.Get("Authorization") != "foreign" || strings.Contains(err.Error(), "token of") {
				t.Errorf("%s: %v, %v", address, err, q.Header)
			}
			continue
		}
		if err != nil || len(q.Header) != 3 || q.Header.Get("Authorization") != "Bearer the token" || len(q.Header["Authorization"]) != 1 || strings.Join(q.Header["X-Wants"], "|") != "this" || q.Header.Get("Stays") != "1" {
			t.Errorf("%s: %v, %v", address, err, q.Header)
		}
	}
}

// TestToken_AtIssuer: the server that issued a token may be told it again, and no other,
// the model API's neither.
func TestToken_AtIssuer(t *testing.T) {
	token := Token{
		Access: secret.New("the token"), BaseURL: "https://api.example/v1", Hosts: []string{"api.example"}, Header: http.Header{"x-wants": {"this"}},
		issuer: oauth.Binding{TokenURL: "https://portal.example/api/oauth/token", TokenHosts: []string{"portal.example"}},
	}.AtIssuer()
	for address, good := range map[string]bool{
		"https://portal.example/api/oauth/account": true, "http://portal.example/": false, "https://portal.example:444/": false,
		"https://portal.example.evil/": false, "https://api.example/v1/models": false,
	} {
		q, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := token.Sign(q); (err == nil) != good || (q.Header.Get("Authorization") != "") != good || q.Header.Get("X-Wants") != "" {
			t.Errorf("%s: %v, %v", address, err, q.Header)
		}
	}
	if token.BaseURL != "https://portal.example/api/oauth/token" || (Token{}).AtIssuer().BaseURL != "" {
		t.Errorf("%+v", token)
	}
}

// TestToken_OnPage: the page on which a provider tells of the plan may be shown the token,
// and no other host, the model API's neither; a sign-in without one shows it to nobody.
func TestToken_OnPage(t *testing.T) {
	token := Token{
		Access: secret.New("the token"), BaseURL: "https://api.example/v1", Hosts: []string{"api.example"}, Header: http.Header{"x-wants": {"this"}},
		issuer: oauth.Binding{TokenURL: "https://auth.example/token", TokenHosts: []string{"auth.example"}, PlanURL: "https://bill.example/v1/billing?format=credits"},
	}
	for _, c := range []struct {
		page, address string
		good          bool
	}{
		{token.issuer.PlanURL, token.issuer.PlanURL, true},
		{token.issuer.PlanURL, "http://bill.example/v1/billing", false},
		{token.issuer.PlanURL, "https://bill.example:444/v1/billing", false},
		{token.issuer.PlanURL, "https://bill.example.evil/v1/billing", false},
		{token.issuer.PlanURL, "https://api.example/v1/models", false},
		{token.issuer.PlanURL, "https://auth.example/token", false},
		{"http://bill.example/v1", "http://bill.example/v1", false},
		{"", "https://bill.example/v1/billing", false},
		{"", "https://api.example/v1", false},
		{"://", "https://api.example/v1", false},
	} {
		q, err := http.NewRequest(http.MethodGet, c.address, nil)
		if err != nil {
			t.Fatal(err)
		}
		token := token
		token.issuer.PlanURL = c.page
		if token = token.OnPage(); token.BaseURL != c.page {
			t.Errorf("the page is %q", token.BaseURL)
		}
		if err := token.Sign(q); (err == nil) != c.good || (q.Header.Get("Authorization") != "") != c.good || q.Header.Get("X-Wants") != "" {
			t.Errorf("%s beside %q: %v, %v", c.address, c.page, err, q.Header)
		}
	}
}

// Which program asks is for it to say; whose account it is, is not.
func TestToken_Sign_TheProgramsName(t *testing.T) {
	token := Token{
		Hosts:  []string{"api.example"},
		Header: http.Header{"Originator": {"hermes-tui"}, "Chatgpt-Account-Id": {"ours"}}, polite: http.Header{"Originator": {"hermes-tui"}},
	}
	for sent, want := range map[string]string{"": "hermes-tui", "codex_cli_rs": "codex_cli_rs"} {
		q, err := http.NewRequest(http.MethodPost, "https://api.example/responses", nil)
		if err != nil {
			t.Fatal(err)
		}
		q.Header.Set("Chatgpt-Account-Id", "foreign")
		if sent != "" {
			q.Header.Set("Originator", sent)
		}
		if err := token.Sign(q); err != nil {
			t.Fatal(err)
		}
		if q.Header.Get("Originator") != want || q.Header.Get("Chatgpt-Account-Id") != "ours" {
			t.Errorf("%q becomes %v", sent, q.Header)
		}
	}
}
