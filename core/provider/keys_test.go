package provider_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// TestKey: a key goes to the address of its row, else to the one of the table, and
// to no other host; what it speaks follows the address.
func TestKey(t *testing.T) {
	table := provider.Default()
	for _, tc := range []struct{ id, base, want, host, api, why string }{
		{"openrouter", "", "https://openrouter.ai/api/v1", "openrouter.ai", oauth.ChatCompletions, ""},
		{"anthropic", "https://api.anthropic.com/", "https://api.anthropic.com", "api.anthropic.com", oauth.AnthropicMessages, ""},
		{"deepseek", "https://gw.example:8443/anthropic/v1", "https://gw.example:8443/anthropic/v1", "gw.example:8443", oauth.AnthropicMessages, ""},
		{"custom:mine", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000/v1", "127.0.0.1:8000", oauth.ChatCompletions, ""},
		{"custom:mine", "", "", "", "", "nothing says at which address"},
		{"custom:mine", "http://llm.example/v1", "", "", "", "none that a key is sent to"},
		{"custom:mine", "https://u:secret@llm.example/v1", "", "", "", "none that a key is sent to"},
		{"custom:mine", "file:///etc/passwd", "", "", "", "none that a key is sent to"},
		{"a\x1b[2Jb", "https://llm.example/v1", "", "", "", "a name that none can have"},
		{"../up", "https://llm.example/v1", "", "", "", "a name that none can have"},
	} {
		_, b, why := table.Key(tc.id, tc.base)
		if tc.why != "" {
			if !strings.Contains(why, tc.why) || strings.Contains(why, "secret") {
				t.Errorf("%q at %q: %q", tc.id, tc.base, why)
			}
			continue
		}
		if why != "" || b.BaseURL != tc.want || len(b.APIHosts) != 1 || b.APIHosts[0] != tc.host || b.API != tc.api || b.TokenURL != "" || b.TokenHosts != nil {
			t.Errorf("%q at %q: %+v %s", tc.id, tc.base, b, why)
		}
	}
}

// TestKeyProviders are well-formed, are no place to sign in, are not named where a
// provider is missed, and give way to one that a person describes.
func TestKeyProviders(t *testing.T) {
	table := provider.Default()
	for _, p := range table {
		if !p.KeysOnly {
			continue
		}
		if _, b, why := table.Key(p.ID, ""); why != "" || len(b.APIHosts) != 1 || !strings.HasPrefix(b.BaseURL, "https://") || p.API == "" {
			t.Errorf("%s: %+v %s", p.ID, b, why)
		}
		if _, err := p.Flow(nil); autherr.KindOf(err) != autherr.Usage {
			t.Errorf("%s can be signed in to: %v", p.ID, err)
		}
	}
	for _, c := range table.Choices() {
		if c.Provider.KeysOnly {
			t.Errorf("%s is offered", c.Provider.ID)
		}
	}
	var e *autherr.Error
	if _, _, err := table.Find("nobody"); !errors.As(err, &e) || strings.Contains(e.Hint, "deepseek") {
		t.Errorf("%v", err)
	}
	described, err := table.With("deepseek", provider.Custom{ClientID: "c", DeviceURL: "https://id.example/d", TokenURL: "https://id.example/t", BaseURL: "https://id.example/v1"})
	if err != nil {
		t.Fatal(err)
	}
	if p, _, err := described.Find("deepseek"); err != nil || p.KeysOnly || p.ClientID != "c" {
		t.Errorf("%+v %v", p, err)
	}
}
