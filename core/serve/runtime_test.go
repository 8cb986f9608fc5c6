package serve

import (
	"bytes"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// serving is what serves where there are no accounts.
func serving(c state.Config) *Serving {
	s := state.Open(c)
	return New(s, accounts.New(s, &accounts.Refreshes{}), &accounts.Refreshes{}, nil, Engine(s))
}

// runtimeOf is what programs get of an account with this record.
func runtimeOf(b oauth.Binding, who oauth.Identity) Token {
	sv := serving(state.Config{Providers: provider.Default()})
	return sv.token(vault.Sealed{Blob: &record.Blob{Binding: b, Identity: who, Access: secret.New("FAKE-at"), TokenType: "Bearer"}})
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

// TestToken_LooksItsProviderUpOnce: a look puts together what it looks for, so that each
// costs as much memory as the provider's id is long.
func TestToken_LooksItsProviderUpOnce(t *testing.T) {
	const size = 4 << 20
	id := strings.Repeat("a", size)
	sv := serving(state.Config{Providers: provider.Table{{ID: id, Regions: []provider.Region{{ID: "global"}}}}})
	sealed := vault.Sealed{Blob: &record.Blob{Binding: oauth.Binding{Provider: id, Region: "global"}, Access: secret.New("FAKE-at")}}
	sv.token(sealed)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	sv.token(sealed)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took < size || took >= 2*size {
		t.Errorf("%d bytes for an id of %d", took, size)
	}
}

// A device that was sealed with a sign-in is named with every request, whatever the
// program says; a key has none.
func TestRuntime_DeviceHeader(t *testing.T) {
	b := oauth.Binding{Provider: "kimi-code", Region: "global", BaseURL: "https://api.kimi.com/coding/v1", API: "chat_completions", APIHosts: []string{"api.kimi.com"}, DeviceID: "0123"}
	r, err := http.NewRequest(http.MethodPost, b.BaseURL+"/chat/completions", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Msh-Device-Id", "another")
	r.Header.Set("X-Msh-Platform", "kimi_cli")
	if err := runtimeOf(b, oauth.Identity{}).Sign(r); err != nil || r.Header.Get("X-Msh-Device-Id") != "0123" || r.Header.Get("X-Msh-Platform") != "kimi_cli" {
		t.Errorf("%v, %v", err, r.Header)
	}
	b.DeviceID = ""
	if header := runtimeOf(b, oauth.Identity{}).Header; header.Get("X-Msh-Device-Id") != "" || header.Get("X-Msh-Platform") != "hermes-tui" {
		t.Errorf("a key: %v", header)
	}
}

// xAI says 403 where others say 401; a program still finds the whole answer.
func TestTransport_RefusalOfXAI(t *testing.T) {
	tr := &transport{serving: serving(state.Config{Providers: provider.Default(), Clock: clock.System{}})}
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
