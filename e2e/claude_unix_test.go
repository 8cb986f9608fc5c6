//go:build unix

package e2e

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// minimax is what `connect` writes and `exec` sets: without it Claude Code asks
// for a model of Anthropic's, which the sandbox refuses.
const minimax = "ANTHROPIC_MODEL=MiniMax-M2.7"

const requireClaude = "HERMES_TUI_TEST_REQUIRE_CLAUDE"

// claudeEnv lets Claude Code talk to nobody but its model, which is ours.
func (b *bench) claudeEnv(settings map[string]any, more ...string) []string {
	b.t.Helper()
	if settings == nil {
		settings = map[string]any{}
	}
	dir := b.t.TempDir()
	raw, err := json.Marshal(settings)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "settings.json"), raw, 0o600); err != nil {
		b.t.Fatal(err)
	}
	return append([]string{
		"CLAUDE_CONFIG_DIR=" + dir, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1", "DISABLE_TELEMETRY=1",
		"DISABLE_ERROR_REPORTING=1", "DISABLE_AUTOUPDATER=1",
	}, more...)
}

// conversation is a headless Claude Code under way.
type conversation struct {
	b     *bench
	in    io.WriteCloser
	lines *bufio.Scanner
}

func (b *bench) converse(env []string, name string, args ...string) *conversation {
	b.t.Helper()
	cmd := b.command(env, name, append(args, "-p", "--verbose", "--input-format", "stream-json",
		"--output-format", "stream-json", "--allowedTools", "Bash(echo:*)")...)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			b.t.Errorf("%s: %v", name, err)
		}
	})
	c := &conversation{b: b, in: in, lines: bufio.NewScanner(out)}
	c.lines.Buffer(nil, 10<<20)
	return c
}

// say sends a prompt and returns the answer to it.
func (c *conversation) say(prompt string) string {
	c.b.t.Helper()
	raw, err := json.Marshal(map[string]any{"type": "user", "message": map[string]any{"role": "user", "content": prompt}})
	if err != nil {
		c.b.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(c.in, "%s\n", raw); err != nil {
		c.b.t.Fatal(err)
	}
	for c.lines.Scan() {
		var line struct {
			Type   string `json:"type"`
			Failed bool   `json:"is_error"`
			Result string `json:"result"`
		}
		if err := json.Unmarshal(c.lines.Bytes(), &line); err != nil {
			c.b.t.Fatalf("%v: %s", err, c.lines.Bytes())
		}
		if line.Type == "result" {
			if line.Failed {
				c.b.t.Fatalf("Claude Code: %s", line.Result)
			}
			return line.Result
		}
	}
	c.b.t.Fatal("Claude Code said no more")
	return ""
}

// talk has a conversation until the token has been refreshed, and a little longer. Every
// other prompt makes Claude Code run a command.
func (c *conversation) talk() {
	c.b.t.Helper()
	n, rest := 0, time.NewTicker(300*time.Millisecond)
	defer rest.Stop()
	for more := 4; more > 0; n++ {
		if c.b.sandbox.Grants()[0].Rotations > 0 {
			more--
		}
		prompt := fmt.Sprintf("hello %d", n)
		want := "The sandbox read: " + prompt
		if n%2 == 1 {
			prompt = fmt.Sprintf(`call Bash with {"command":"echo number %d","description":"prints a number"}`, n)
			want = fmt.Sprintf("The tool answered: number %d", n)
		}
		if got := c.say(prompt); got != want {
			c.b.t.Fatalf("%q was answered %q", prompt, got)
		}
		<-rest.C
	}
	c.b.t.Logf("%d prompts", n)
}

// TestClaudeCode has conversations with Claude Code in which the token is
// refreshed.
func TestClaudeCode(t *testing.T) {
	long(t)
	claude := need(t, requireClaude, "testdata/claude/node_modules/.bin/claude")
	t.Run("token as apiKeyHelper", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, sandbox.Options{AccessTTL: clientLife})
		env := b.claudeEnv(map[string]any{"apiKeyHelper": "hermes-tui token " + b.id},
			minimax, "ANTHROPIC_BASE_URL="+b.modelURL(), "CLAUDE_CODE_API_KEY_HELPER_TTL_MS=1000")
		b.converse(env, claude).talk()
		b.wantCrossed()
	})
	t.Run("exec", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, sandbox.Options{AccessTTL: clientLife})
		b.converse(b.claudeEnv(nil), binary, "exec", "--", claude).talk()
		b.wantCrossed()
	})
	t.Run("exec, by the names of Anthropic's models", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, sandbox.Options{AccessTTL: time.Hour})
		for _, model := range []string{"opus", "sonnet", "haiku"} {
			if got := b.run(b.claudeEnv(nil), binary, "exec", "--", claude, "-p", "--model", model, "hello"); got != "The sandbox read: hello\n" {
				t.Errorf("%s answered %q", model, got)
			}
		}
	})
	t.Run("what connect writes", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, sandbox.Options{AccessTTL: time.Hour})
		env := b.claudeEnv(nil)
		b.run(env, binary, "connect", "claude-code", b.id, "--write", "--yes")
		for _, more := range [][]string{nil, {"--model", "haiku"}} {
			if got := b.run(env, claude, append(more, "-p", "hello")...); got != "The sandbox read: hello\n" {
				t.Errorf("%v answered %q", more, got)
			}
		}
	})
	t.Run("serve", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, sandbox.Options{AccessTTL: clientLife})
		url, key := b.serve()
		b.converse(b.claudeEnv(nil, minimax, "ANTHROPIC_BASE_URL="+url, "ANTHROPIC_AUTH_TOKEN="+key), claude).talk()
		b.wantCrossed()
	})
	t.Run("serve, with apiKeyHelper for its key", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, sandbox.Options{AccessTTL: clientLife})
		url, _ := b.serve()
		b.converse(b.claudeEnv(map[string]any{"apiKeyHelper": "hermes-tui serve --show-key"}, minimax, "ANTHROPIC_BASE_URL="+url), claude).talk()
		b.wantCrossed()
	})
	t.Run("token as apiKeyHelper, asked again only when refused", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, sandbox.Options{AccessTTL: clientLife})
		env := b.claudeEnv(map[string]any{"apiKeyHelper": "hermes-tui token " + b.id}, minimax, "ANTHROPIC_BASE_URL="+b.modelURL())
		b.converse(env, claude).talk() // no prompt fails
		t.Logf("refused, and repaired by Claude Code: %d", len(b.refusals()))
	})
}
