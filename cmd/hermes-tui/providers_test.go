package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/openidtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// configure writes the configuration file.
func (b *bench) configure(text string) {
	b.t.Helper()
	path := filepath.Join(b.home, "tui", "config", "config.toml")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// workedExample is the first configuration of docs/providers.md, with the
// server in the place of its addresses.
func workedExample(t *testing.T, server string) string {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "providers.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(doc), "```toml\n")
	text, _, whole := strings.Cut(rest, "```")
	if !ok || !whole {
		t.Fatal("docs/providers.md has no example")
	}
	text = strings.ReplaceAll(text, "https://id.acme.example", server)
	return strings.ReplaceAll(text, "https://api.acme.example", server)
}

// The example of the documentation is a provider that works.
func TestProviders_WorkedExample(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	server := openidtest.New(t)
	b.configure(workedExample(t, server.URL))
	server.AutoApprove("id1")
	if r := b.run("login", "acme", "--no-browser", "--label", "work"); r.code != 0 || !strings.Contains(r.out, "Signed in: work (Acme, ") {
		t.Fatalf("login: %s", r)
	}
	var token map[string]any
	b.decode(b.must("token", "acme/work", "--json"), &token)
	if token["base_url"] != server.URL+"/v1" || token["api"] != "chat_completions" || token["provider"] != "acme" || token["access_token"] == "" {
		t.Errorf("the token is %v", token)
	}
	if out := b.must("refresh", "acme/work", "--force"); server.Refreshes() != 1 {
		t.Errorf("%d refreshes: %s", server.Refreshes(), out)
	}

	// Without its description the account is listed, and refused before
	// anything is sent.
	b.configure("")
	if out := b.must("list"); !strings.Contains(out, "work") {
		t.Errorf("the list is %s", out)
	}
	if r := b.run("refresh", "work", "--force"); r.code != 2 || server.Refreshes() != 1 {
		t.Errorf("a provider that is not configured any more: %s", r)
	}
}

// A wrong description is one sentence and exit code 2, whatever the command.
func TestProviders_WrongConfiguration(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	for text, says := range map[string]string{
		"[providers.acme]\nissuer = \"https://id.acme.example\"\nbase_url = \"https://api.acme.example\"\n":                                      "client_id",
		"[providers.acme]\nissue = \"https://id.acme.example\"\n":                                                                                "issue",
		"[providers.acme]\nskew = \"soon\"\n":                                                                                                    "skew",
		"[providers.acme]\nissuer = \"http://id.acme.example\"\nclient_id = \"c\"\nbase_url = \"https://api.acme.example\"\n":                    "issuer",
		"[providers.minimax]\nissuer = \"https://id.acme.example\"\nclient_id = \"c\"\nbase_url = \"https://api.acme.example\"\n":                "MiniMax",
		"[providers.acme]\nissuer = \"https://id.acme.example\"\nclient_id = \"c\"\nbase_url = \"https://api.acme.example\"\npkce = \"maybe\"\n": "pkce",
	} {
		b.configure(text)
		for _, args := range [][]string{{"list"}, {"login", "acme"}} {
			r := b.run(args...)
			if r.code != 2 || r.out != "" || !strings.Contains(r.err, says) || strings.Count(strings.TrimSpace(r.err), "\n") > 1 {
				t.Errorf("%s with %q: %s", args, text, r)
			}
		}
	}
}
