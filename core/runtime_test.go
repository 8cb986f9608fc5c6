package core

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

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
	tr := &transport{core: Open(Config{Providers: provider.Default()})}
	const body = `{"code":"unauthenticated:bad-credentials"}`
	res := &http.Response{StatusCode: 403, Body: io.NopCloser(bytes.NewReader([]byte(body)))}
	if !tr.refused(res, "xai-oauth") {
		t.Error("not seen as a refused token")
	}
	if got, _ := io.ReadAll(res.Body); string(got) != body {
		t.Errorf("the body became %q", got)
	}
	plan := &http.Response{StatusCode: 403, Body: io.NopCloser(bytes.NewReader([]byte(`{"error":"plan"}`)))}
	if tr.refused(plan, "xai-oauth") {
		t.Error("a plan was seen as a refused token")
	}
}
