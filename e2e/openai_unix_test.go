//go:build unix

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

const requireOpenAI = "HERMES_TUI_TEST_REQUIRE_OPENAI"

// openAIBench is a bench with two accounts of xAI, which speak Chat Completions
// and Responses, and take turns.
func openAIBench(t *testing.T) *bench {
	t.Helper()
	return openAIBenchBehind(t, func(url string) string { return url })
}

// openAIBenchBehind is one whose accounts' API is reached at what via makes of the
// sandbox's address.
func openAIBenchBehind(t *testing.T, via func(url string) string) *bench {
	t.Helper()
	b := emptyBench(t)
	b.sandbox = sandbox.New(sandbox.Options{AutoApprove: time.Millisecond, OnEvent: b.note})
	if err := b.sandbox.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.sandbox.Close(context.Background()) })
	b.url = b.sandbox.URL()
	config := filepath.Join(b.home, "tui", "config", "config.toml")
	if err := os.MkdirAll(filepath.Dir(config), 0o700); err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("[endpoints.xai]\noauth_url = %q\ninference_url = %q\n", b.url, via(b.url)+"/v1")
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, label := range []string{"one", "two"} {
		b.run(nil, binary, "login", "xai", "--no-browser", "--label", label)
	}
	b.run(nil, binary, "pool", "strategy", "round_robin")
	return b
}

// TestOpenAISDK runs an agent's loop in both formats through a pool whose accounts
// take turns: what one has stored is asked for of that one.
func TestOpenAISDK(t *testing.T) {
	long(t)
	node := need(t, requireOpenAI, "node")
	needFile(t, requireOpenAI, "testdata/openai/node_modules/openai/package.json")
	b := openAIBench(t)
	out := b.run(nil, binary, "exec", "--", node, script(t, "testdata/openai/loop.mjs"))
	for _, line := range []string{
		`responses: weather {"city":"Rome"}: The tool answered: sunny`, "stored: true", "responses, stream: The sandbox read: stream this",
		"chat: The tool answered: rainy, true", "chat, stream: The sandbox read: stream this, true",
		"unknown: 400 previous_response_not_found", "files: 404 not_served_by_pool",
	} {
		if !strings.Contains(out, line+"\n") {
			t.Errorf("lacks %q: %s", line, out)
		}
	}
}

// TestCodex runs Codex, which calls a tool of its own and goes on with what that
// says. A limit that comes as a stream's second event it does not see; when both
// accounts rest it says so at once.
func TestCodex(t *testing.T) {
	long(t)
	codex := need(t, requireOpenAI, "testdata/openai/node_modules/.bin/codex")
	b := openAIBench(t)
	home := t.TempDir()
	ask := func(prompt string) string {
		t.Helper()
		cmd := b.command([]string{"CODEX_HOME=" + home}, binary, append([]string{"exec", "--", codex}, codexArgs(prompt)...)...)
		out, err := cmd.CombinedOutput()
		t.Logf("%v\n%s", err, out)
		return string(out)
	}
	if out := ask(`call exec_command with {"cmd":"echo said-by-a-tool"}`); !strings.Contains(out, "The tool answered:") || !strings.Contains(out, "\nsaid-by-a-tool\n") {
		t.Error("the tool was not called, or what it said did not come back")
	}
	b.sandbox.SetFaults(sandbox.Fault{Name: "usage-limit-early", Count: 1})
	if out := ask("hello"); !strings.Contains(out, "The sandbox read: hello") || strings.Contains(out, "usage limit") {
		t.Error("a limit inside a stream was not kept from it")
	}
	b.run(nil, binary, "pool", "reset")
	b.sandbox.SetFaults(sandbox.Fault{Name: "usage-limit"})
	if out := ask("hello"); !strings.Contains(out, "usage limit") {
		t.Error("it does not say that the limit is reached")
	}
	for _, g := range b.sandbox.Grants() {
		if g.Requests == 0 {
			t.Errorf("the account %s was never asked", g.ID)
		}
	}
}

// codexArgs lets Codex do what a prompt says and end.
func codexArgs(prompt string) []string {
	return []string{"exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", "-m", "sandbox-1", prompt}
}
