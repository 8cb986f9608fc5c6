package main_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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
		"[providers.acme]\nissuer = \"https://id.acme.example\"\nbase_url = \"https://api.acme.example\"\n":                                                                   "client_id",
		"[providers.acme]\nissue = \"https://id.acme.example\"\n":                                                                                                             "issue",
		"[providers.acme]\nskew = \"soon\"\n":                                                                                                                                 "skew",
		"[providers.acme]\nname = \"MiniМax\"\nissuer = \"https://id.acme.example\"\nclient_id = \"c\"\nbase_url = \"https://api.acme.example\"\n":                            "alphabets",
		"[providers.acme]\nname = \"Mini Max\"\nissuer = \"https://id.acme.example\"\nclient_id = \"c\"\nbase_url = \"https://api.acme.example\"\n":                           "looks like MiniMax",
		"[providers.acme]\nissuer = \"http://id.acme.example\"\nclient_id = \"c\"\nbase_url = \"https://api.acme.example\"\n":                                                 "issuer",
		"[providers.minimax]\nissuer = \"https://id.acme.example\"\nclient_id = \"c\"\nbase_url = \"https://api.acme.example\"\n":                                             "MiniMax",
		"[providers.acme]\nissuer = \"https://id.acme.example\"\nclient_id = \"c\"\nbase_url = \"https://api.acme.example\"\npkce = \"maybe\"\n":                              "pkce",
		"[providers.acme]\nissuer = \"https://id.acme.example\"\nclient_id = \"c\"\nbase_url = \"https://api.acme.example\"\nwires = {chat = \"https://api.acme.example\"}\n": `"chat", not one of`,
		"[providers.acme]\nissuer = \"https://id.acme.example\"\nclient_id = \"c\"\nbase_url = \"https://api.acme.example\"\nwires = [\"chat_completions\"]\n":                "wires",
		"[providers]\nacme = 1\n":                                     "acme",
		"endpoints = \"https://id.acme.example\"\n":                   "endpoints",
		"[colors]\ndark = \"#FFB454\"\n":                              "colors.dark",
		"[providers.acme]\nfields = [\"a\"]\n":                        "providers.acme.fields",
		"[endpoints.acme]\noauth_url = \"https://id.acme.example\"\n": "acme",
		"[endpoints.minimax]\noauth_url = \"https://a.example\"\n[endpoints.\"minimax-oauth/global\"]\noauth_url = \"https://b.example\"\n": "minimax-oauth/global twice",
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

// Where nobody can be asked, the owner's second sign-in is not saved.
func TestLogin_DuplicateOwner(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	server := openidtest.New(t)
	server.AutoApprove("id1")
	b.configure(workedExample(t, server.URL))
	if r := b.run("login", "acme"); r.code != 0 || !strings.Contains(r.out, "It is id1's.") {
		t.Fatalf("login: %s", r)
	}
	r := b.run("login", "acme")
	if r.code != 1 || !strings.Contains(r.err, "this sign-in's owner, id1, is here already as \"acme\"; nothing was saved") || !strings.Contains(r.err, "--yes") {
		t.Errorf("a duplicate: %s", r)
	}
	r = b.run("login", "acme", "--json")
	if r.code != 1 || !strings.Contains(r.out, `"event":"question"`) || !strings.Contains(r.out, `"code":"duplicate_owner"`) {
		t.Errorf("a duplicate with --json: %s", r)
	}
	if r := b.run("login", "acme", "--yes"); r.code != 0 {
		t.Errorf("with --yes: %s", r)
	}
	var accounts []map[string]any
	b.decode(b.must("list", "--json"), &accounts)
	if len(accounts) != 2 || accounts[0]["identity"].(map[string]any)["subject"] != "id1" {
		t.Errorf("the accounts are %v", accounts)
	}

	server.AutoApprove("id2")
	if r := b.run("login", "--account", "acme"); r.code != 1 || !strings.Contains(r.err, "another_owner") && !strings.Contains(r.err, "was id1's") {
		t.Errorf("another owner: %s", r)
	}
}

const pastedKey = "sk-FAKE-0123456789abcdef"

// A key comes in by the standard input and is an account like the others.
func TestLogin_APIKey(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	r := b.runWith(pastedKey+"\n", "login", "minimax", "--api-key", "--label", "key")
	if r.code != 0 || !strings.Contains(r.out, "Added the API key: key (MiniMax, ") || strings.Contains(r.out+r.err, pastedKey) {
		t.Fatalf("login: %s", r)
	}
	if out := b.must("token", "key"); out != pastedKey+"\n" {
		t.Errorf("the token is %q", out)
	}
	var token map[string]any
	b.decode(b.must("token", "key", "--json"), &token)
	if token["expires_in"] != nil || token["expiry"] != nil || token["api"] != "anthropic_messages" {
		t.Errorf("the token is %v", token)
	}
	if out := b.must("list"); !strings.Contains(out, "never") {
		t.Errorf("the list is %s", out)
	}
	if out := b.must("refresh", "key"); !strings.Contains(out, "does not expire") {
		t.Errorf("the refresh said %s", out)
	}
	for stdin, says := range map[string]string{"": "empty", "two words and more": "spaces", pastedKey: "already"} {
		if r := b.runWith(stdin, "login", "minimax", "--api-key"); r.code == 0 || !strings.Contains(r.err, says) || strings.Contains(r.err, pastedKey) {
			t.Errorf("%q: %s", stdin, r)
		}
	}
	if r := b.runWith(pastedKey, "login", "codex", "--api-key"); r.code != 2 {
		t.Errorf("Codex: %s", r)
	}
	if out := b.must("remove", "key", "--yes"); !strings.Contains(out, "The key itself stays good") {
		t.Errorf("the removal said %s", out)
	}
	if b.requests() != 0 {
		t.Error("something was sent")
	}
}

// runWith runs a command with this standard input.
func (b *bench) runWith(stdin string, args ...string) result {
	b.t.Helper()
	return b.startWith(stdin, args...).end(b.t)
}

// startWith starts a command that reads something.
func (b *bench) startWith(stdin string, args ...string) *process {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	p := &process{Cmd: b.command(ctx, args...), cancel: cancel, started: time.Now()}
	p.Stdin, p.Stdout, p.Stderr = strings.NewReader(stdin), &p.out, &p.err
	if err := p.Start(); err != nil {
		cancel()
		b.t.Fatal(err)
	}
	return p
}

// What is left of Qwen is imported, served while it lives, and marked.
func TestQwen(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	const ended = "Qwen ended its sign-in on 15 April 2026"
	b.fails(1, []string{ended}, "login", "qwen")
	path := filepath.Join(b.mkdir(".qwen"), "oauth_creds.json")
	text := fmt.Sprintf(`{"access_token":"FAKE-qwen-at","refresh_token":"FAKE-qwen-rt","token_type":"Bearer","resource_url":"portal.qwen.ai","expiry_date":%d}`,
		time.Now().Add(time.Hour).UnixMilli())
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b.fails(0, []string{"Imported: qwen", ended}, "import", "--qwen", path, "--yes")
	for _, args := range [][]string{{"list"}, {"status"}, {"status", "qwen"}} {
		b.fails(0, []string{"shared", ended}, args...)
	}
	if out := b.must("token", "qwen"); out != "FAKE-qwen-at\n" {
		t.Errorf("the token is %q", out)
	}
	b.fails(1, []string{ended}, "refresh", "qwen", "--force")
	b.fails(1, []string{ended}, "login", "--account", "qwen")
}

// Every configuration in the documents is one.
func TestProviders_DocumentedConfigurations(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	seen := 0
	for _, name := range []string{"providers.md", "config.md"} {
		doc, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		for _, rest := range strings.Split(string(doc), "```toml\n")[1:] {
			text, _, _ := strings.Cut(rest, "```")
			b.configure(text)
			b.env = append(b.env, "HERMES_TUI_KEYSTORE=")
			if r := b.run("list"); r.code != 0 {
				t.Errorf("%s has\n%s%s", name, text, r)
			}
			seen++
		}
	}
	if seen < 4 {
		t.Errorf("only %d configurations were found", seen)
	}
}
