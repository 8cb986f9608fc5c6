//go:build unix

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const requireCoders = "HERMES_TUI_TEST_REQUIRE_CODERS"

// TestCoders runs coding agents that speak Chat Completions at the address of a pool,
// each set up as its users do. They are answered by the pool's accounts, and none is
// shown a token of theirs.
func TestCoders(t *testing.T) {
	long(t)
	bin := "testdata/coders/node_modules/.bin/"
	programs := map[string]string{}
	for _, name := range []string{"qwen", "cn", "cline"} {
		programs[name] = need(t, requireCoders, bin+name)
	}
	b := openAIBench(t)
	url, key := b.serve()
	base := strings.TrimSuffix(url, "/anthropic") + "/pool/xai/openai/v1"
	tokens := []string{strings.TrimSpace(b.run(nil, binary, "token", "one")), strings.TrimSpace(b.run(nil, binary, "token", "two"))}
	home := homeFor(t) // Cline leaves a process behind for a moment that writes there
	config := filepath.Join(home, "continue.yaml")
	text := fmt.Sprintf("name: sandbox\nversion: 0.0.1\nschema: v1\nmodels:\n  - {name: m, provider: openai, model: sandbox-1, apiBase: %q, apiKey: %q}\n", base, key)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{
		"HOME=" + home, "OPENAI_BASE_URL=" + base, "OPENAI_API_KEY=" + key, "OPENAI_MODEL=sandbox-1",
		"CONTINUE_TELEMETRY_ENABLED=0",
	}
	b.talk(t, env, programs["cline"], "auth", "-p", "openai-compatible", "-k", key, "-m", "sandbox-1", "-b", base)
	for name, args := range map[string][]string{
		"qwen":  {"--auth-type", "openai", "-p", "hello-qwen"},
		"cn":    {"--config", config, "-p", "hello-cn"},
		"cline": {"-P", "openai-compatible", "-m", "sandbox-1", "--retries", "1", "say hello-cline"},
	} {
		t.Run(name, func(t *testing.T) {
			before := asked(b)
			out, err := b.talk(t, env, programs[name], args...)
			if !strings.Contains(out, "The sandbox read:") || asked(b) == before {
				t.Errorf("%v, %d requests came: %s", err, asked(b)-before, out)
			}
			for _, token := range tokens {
				if strings.Contains(out, token) {
					t.Error("it was shown a token of the provider")
				}
			}
		})
	}
}

// talk runs a program to its end and returns all that it says. It is written to a file:
// a pipe would stay open as long as what it may leave in the background.
func (b *bench) talk(t *testing.T, env []string, program string, args ...string) (string, error) {
	t.Helper()
	said, err := os.Create(filepath.Join(t.TempDir(), "said"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = said.Close() }()
	cmd := b.command(env, program, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = t.TempDir(), said, said
	ended := cmd.Run()
	out, err := os.ReadFile(said.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(out), ended
}

// asked is how many requests the accounts had.
func asked(b *bench) (n int) {
	for _, g := range b.sandbox.Grants() {
		n += g.Requests
	}
	return n
}
