package core

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// runtimeOf is what programs get of an account with this record.
func runtimeOf(b oauth.Binding, who oauth.Identity) Token {
	c := Open(Config{Providers: provider.Default()})
	return c.token(vault.Sealed{Blob: &record.Blob{Binding: b, Identity: who, Access: secret.New("FAKE-at"), TokenType: "Bearer"}})
}

func TestRuntime_MiniMaxIsPinned(t *testing.T) {
	for base, want := range map[string]string{
		"https://api.minimax.io/anthropic":     "https://api.minimax.io/anthropic",
		"https://api.minimax.io/anthropic/":    "https://api.minimax.io/anthropic",
		"https://api.minimax.io/anthropic/v1":  "https://api.minimax.io/anthropic",
		"https://api.minimaxi.com/v1":          "https://api.minimaxi.com/anthropic",
		"https://api.minimax.io":               "https://api.minimax.io/anthropic",
		"https://proxy.example:8443/anthropic": "https://proxy.example:8443/anthropic",
	} {
		token := runtimeOf(oauth.Binding{Provider: "minimax-oauth", Region: "global", BaseURL: base, API: "chat_completions"}, oauth.Identity{})
		if token.BaseURL != want || token.API != "anthropic_messages" || token.Header != nil {
			t.Errorf("%s became %s, %s, %v", base, token.BaseURL, token.API, token.Header)
		}
	}
}

func TestRuntime_CodexHeaders(t *testing.T) {
	b := oauth.Binding{Provider: "openai-codex", Region: "global", BaseURL: "https://chatgpt.com/backend-api/codex", API: "codex_responses"}
	token := runtimeOf(b, oauth.Identity{Account: "acc-1"})
	want := http.Header{"Chatgpt-Account-Id": {"acc-1"}, "Originator": {"hermes-tui"}}
	if diff := cmp.Diff(want, token.Header); diff != "" || token.BaseURL != b.BaseURL || token.API != b.API {
		t.Errorf("%+v %s", token, diff)
	}
	if header := runtimeOf(b, oauth.Identity{}).Header; header.Get("ChatGPT-Account-ID") != "" {
		t.Errorf("without an account: %v", header)
	}
}

// xAI says 403 where others say 401; a program still finds the whole answer.
func TestTransport_RefusalOfXAI(t *testing.T) {
	tr := &transport{core: Open(Config{Providers: provider.Default(), Clock: clock.System{}})}
	const body = `{"code":"unauthenticated:bad-credentials"}`
	res := &http.Response{StatusCode: 403, Body: io.NopCloser(bytes.NewReader([]byte(body)))}
	if !tr.read(res, Token{Provider: "xai-oauth"}).RefusesToken() {
		t.Error("not seen as a refused token")
	}
	if got, _ := io.ReadAll(res.Body); string(got) != body {
		t.Errorf("the body became %q", got)
	}
	plan := &http.Response{StatusCode: 403, Body: io.NopCloser(bytes.NewReader([]byte(`{"error":"plan"}`)))}
	if tr.read(plan, Token{Provider: "xai-oauth"}).RefusesToken() {
		t.Error("a plan was seen as a refused token")
	}
}

// What a program is configured after is sealed: nobody who can write the pool
// file or a head sends tokens elsewhere by it.
func TestRuntime_ComesFromTheSealedRecord(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	want := Runtime{Provider: "minimax-oauth", BaseURL: r.portal.URL() + "/anthropic", API: "anthropic_messages"}
	for _, path := range []string{filepath.Join(r.dir, "state", "pool.json"), filepath.Join(r.dir, "state", "acct", a.ID+".head")} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(r.portal.URL())) {
			t.Errorf("%s holds an address, which is not sealed there: %s", path, text)
		}
		text = bytes.ReplaceAll(text, []byte(`"api":`), []byte(`"base_url":"https://evil.example/anthropic","api":`))
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := r.open()
	if got := c.Snapshot().Accounts[0].BaseURL; got != want.BaseURL {
		t.Errorf("a person reads the address %s", got)
	}
	before := r.refreshes()
	got, err := c.Runtime(t.Context(), a.ID)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	token, err := c.Token(t.Context(), a.ID, TokenOptions{})
	if err != nil || token.BaseURL != want.BaseURL {
		t.Errorf("a token goes to %s, %v", token.BaseURL, err)
	}
	if r.refreshes() != before {
		t.Error("something was renewed")
	}
}

// An account without tokens is configured as it will be once it has some.
func TestRuntime_WithoutTokens(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	r.portal.RevokeAll()
	r.clock.Advance(time.Hour)
	if _, err := r.token(a.ID); !errors.Is(err, autherr.NeedsSignIn) {
		t.Fatalf("not signed out: %v", err)
	}
	got, err := r.core.Runtime(t.Context(), a.ID)
	if want := r.portal.URL() + "/anthropic"; err != nil || got.BaseURL != want || got.API != "anthropic_messages" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := r.core.Runtime(t.Context(), "0123456789"); err == nil || got.BaseURL != "" {
		t.Errorf("an account that is not there: %+v", got)
	}
}

// An account that is bound to other hosts than the configured ones is refused
// here as everywhere.
func TestRuntime_OtherHosts(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	c := config(r.dir, "https://account.example", r.clock)
	if _, err := Open(c).Runtime(t.Context(), a.ID); autherr.KindOf(err) != autherr.Usage {
		t.Errorf("got %v", err)
	}
}

type roundTrips func(*http.Request) (*http.Response, error)

func (f roundTrips) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A token goes to its own hosts, and over an encrypted connection.
func TestTransport_Hosts(t *testing.T) {
	var sent []string
	tr := &transport{base: roundTrips(func(r *http.Request) (*http.Response, error) {
		sent = append(sent, r.URL.String())
		return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
	})}
	for address, want := range map[string]bool{
		"https://api.minimax.io/x":           true,
		"https://api.minimax.io:443/x":       true,
		"https://API.minimax.io/x":           true,
		"http://127.0.0.1:9/x":               true,
		"http://api.minimax.io/x":            false,
		"https://api.minimax.io:8443/x":      false,
		"https://api.minimax.io.evil.test/x": false,
		"https://me@api.minimax.io/x":        false,
	} {
		req, err := http.NewRequest(http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		sent = nil
		_, err = tr.send(req, nil, Token{Access: secret.New("FAKE-at"), Hosts: []string{"api.minimax.io", "127.0.0.1:9"}})
		if (err == nil) != want || (len(sent) == 1) != want {
			t.Errorf("%s: %v, sent %v", address, err, sent)
		}
	}
}
