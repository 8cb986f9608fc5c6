package provider_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
)

// A described provider is asked in several formats, each at its own address, and
// their hosts are those that its tokens are bound to.
func TestWith_Wires(t *testing.T) {
	c := acme()
	c.Wires = map[string]string{
		"codex_responses":    " https://api.acme.example/v1/ ",
		"anthropic_messages": "https://messages.acme.example:8443/anthropic/v1/",
	}
	table, err := provider.Default().With("acme", c)
	if err != nil {
		t.Fatal(err)
	}
	p, r, _ := table.Find("acme")
	bound := provider.Target(p, r).Binding
	if diff := cmp.Diff([]string{"api.acme.example", "messages.acme.example:8443"}, bound.APIHosts); diff != "" {
		t.Error(diff)
	}
	want := []oauth.Wire{
		{API: "chat_completions", BaseURL: "https://api.acme.example/v1"},
		{API: "anthropic_messages", BaseURL: "https://messages.acme.example:8443/anthropic"},
		{API: "codex_responses", BaseURL: "https://api.acme.example/v1"},
	}
	if diff := cmp.Diff(want, p.Wires(bound, false)); diff != "" {
		t.Error(diff)
	}

	// What an account is bound to does not follow the description.
	c.Wires = map[string]string{"anthropic_messages": "https://elsewhere.example/anthropic"}
	table, err = provider.Default().With("acme", c)
	if err != nil {
		t.Fatal(err)
	}
	p, r, _ = table.Find("acme")
	if diff := cmp.Diff(want, p.Wires(bound, false)); diff != "" {
		t.Error(diff)
	}
	if err := table.Check(bound); autherr.KindOf(err) != autherr.Usage || !strings.Contains(err.Error(), "messages.acme.example:8443") {
		t.Errorf("an account whose host is configured no more: %v", err)
	}
	if _, err := table.WithOverride("acme", r.ID, "", "https://gw.example/v1"); autherr.KindOf(err) != autherr.Usage || !strings.Contains(err.Error(), "Acme has wires") {
		t.Errorf("an override of one address of several: %v", err)
	}
	if _, err := table.WithOverride("acme", r.ID, "https://id2.example", ""); err != nil {
		t.Errorf("an override of where people sign in: %v", err)
	}
}

func TestWith_RefusesWires(t *testing.T) {
	for name, tc := range map[string]struct {
		base, api string
		wires     map[string]string
		says      string
	}{
		"a format that there is not": {"", "", map[string]string{"chat-completions": "https://a.example"}, `wires of the provider "acme" in the configuration has "chat-completions", not one of anthropic_messages, chat_completions, codex_responses`},
		"what base_url speaks":       {"", "", map[string]string{"chat_completions": "https://a.example"}, "has chat_completions, which base_url speaks already"},
		"what api says":              {"https://a.example/v1", "codex_responses", map[string]string{"codex_responses": "https://a.example"}, "has codex_responses, which base_url speaks already"},
		"no address":                 {"", "", map[string]string{"codex_responses": ""}, "is wrong for codex_responses"},
		"no URL":                     {"", "", map[string]string{"codex_responses": "a.example/v1"}, `"a.example/v1" is not a URL`},
		"plain http":                 {"", "", map[string]string{"codex_responses": "http://a.example/v1"}, "is not encrypted"},
		"a password":                 {"", "", map[string]string{"codex_responses": "https://u:p@a.example/v1"}, "has more than a host and a path"},
		"a query":                    {"", "", map[string]string{"codex_responses": "https://a.example/v1?key=1"}, "has more than a host and a path"},
		"control characters":         {"", "", map[string]string{"\x1b[2J": "https://a.example"}, "has "},
	} {
		t.Run(name, func(t *testing.T) {
			c := acme()
			c.Wires = tc.wires
			if tc.base != "" {
				c.BaseURL, c.API = tc.base, tc.api
			}
			_, err := provider.Default().With("acme", c)
			if autherr.KindOf(err) != autherr.Usage || !strings.Contains(err.Error(), tc.says) || strings.ContainsAny(err.Error(), "\x1b\r\n") {
				t.Errorf("got %v", err)
			}
		})
	}
}

// Nobody's file makes MiniMax's accounts speak anything else, or elsewhere.
func TestWires_OfMiniMax(t *testing.T) {
	p, r, err := provider.Default().Find("minimax")
	if err != nil {
		t.Fatal(err)
	}
	b := provider.Target(p, r).Binding
	b.API, b.BaseURL = "chat_completions", "https://api.minimax.io/v1"
	want := []oauth.Wire{{API: "anthropic_messages", BaseURL: "https://api.minimax.io/anthropic"}}
	if diff := cmp.Diff(want, p.Wires(b, false)); diff != "" {
		t.Error(diff)
	}
	if got := p.Wires(b, true); len(got) != 3 || got[2].BaseURL != "https://api.minimax.io/v1" {
		t.Errorf("of a key: %+v", got)
	}
}
