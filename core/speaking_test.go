package core

import (
	"slices"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
)

// A request goes to accounts that speak what it is asked in, and to the pool that
// has them where none is named.
func TestPick_WhoSpeaks(t *testing.T) {
	r := newRig(t)
	chat, responses, messages := []string{oauth.ChatCompletions}, []string{oauth.CodexResponses}, []string{oauth.AnthropicMessages}
	pick := func(name string, apis []string) string {
		lease, err := r.core.Pick(t.Context(), name, PickOptions{APIs: apis})
		if err != nil {
			return codeOf(err)
		}
		defer lease.Done()
		return lease.Account.Label
	}
	if got := pick("", chat); got != autherr.CodeNotLoggedIn {
		t.Errorf("without an account: %s", got)
	}
	r.account("work")
	if got := pick("", chat); got != autherr.CodeAPINotServed {
		t.Errorf("MiniMax's sign-in is asked in Chat Completions: %s", got)
	}
	for label, o := range map[string]KeyOptions{"key": {Label: "key"}, "openai": {Provider: "openai-api", Label: "openai"}} {
		if _, err := r.key(o, pastedKey+label); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name string
		apis []string
		want string
	}{
		{"", messages, "work"},
		{"", responses, autherr.CodeAmbiguousAccount},
		{"minimax", chat, "key"},
		{"minimax", responses, "key"},
		{"minimax", messages, "work"},
		{"openai-api", chat, "openai"},
		{"openai-api", responses, "openai"},
		{"openai-api", messages, autherr.CodeAPINotServed},
		{"work", chat, autherr.CodeAPINotServed},
		{"", nil, autherr.CodeAmbiguousAccount},
	} {
		if got := pick(tc.name, tc.apis); got != tc.want {
			t.Errorf("%q, %v: %s, want %s", tc.name, tc.apis, got, tc.want)
		}
	}
	key, err := r.core.SelectOne("key")
	if err != nil {
		t.Fatal(err)
	}
	token, err := r.token(key.ID)
	if err != nil {
		t.Fatal(err)
	}
	base := r.portal.URL()
	if token.At(messages) != base+"/anthropic" || token.At(chat) != base+"/v1" || token.At(responses) != base+"/v1" || token.At(nil) != "" {
		t.Errorf("at %s: %+v", base, token)
	}
	if !slices.Equal(key.APIs, []string{oauth.AnthropicMessages, oauth.ChatCompletions, oauth.CodexResponses}) {
		t.Errorf("listed as %v", key.APIs)
	}
}
