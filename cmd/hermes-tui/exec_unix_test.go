//go:build unix

package main_test

import (
	"net/http"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestExec_IsTheCommand: input, output and exit code are the command's own.
func TestExec_IsTheCommand(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	if r := b.runWith("in\n", "exec", "--", "sh", "-c", `read line; echo "$line, out"; echo err >&2; exit 7`); r.code != 7 || r.out != "in, out\n" || r.err != "err\n" {
		t.Errorf("%s", r)
	}
	for script, want := range map[string]int{"kill -KILL $$": 137, "kill -TERM $$": 143, "exit 0": 0, "exit 255": 255} {
		if r := b.run("exec", b.id, "--", "sh", "-c", script); r.code != want || r.err != "" {
			t.Errorf("%s: %s", script, r)
		}
	}
	plain := b.mkdir("plain") + "/file"
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for command, want := range map[string]int{"no-such-command": 127, plain: 126, "/": 126} {
		if r := b.run("exec", "--", command); r.code != want || !strings.HasPrefix(r.err, "hermes-tui: cannot run "+command+": ") {
			t.Errorf("%s: %s", command, r)
		}
	}
	for _, args := range [][]string{{"exec"}, {"exec", "--"}, {"exec", "sh"}, {"exec", "a", "b", "--", "sh"}, {"exec", "nobody", "--", "sh"}} {
		if r := b.run(args...); r.code != 2 || r.out != "" {
			t.Errorf("%v: %s", args, r)
		}
	}
}

// TestExec_NobodyCanServe: the command is not started.
func TestExec_NobodyCanServe(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.portal.RevokeAll()
	b.run("refresh", "--force")
	if r := b.run("exec", "--", "echo", "started"); r.code != 3 || r.out != "" || !strings.Contains(r.err, "hermes-tui login") {
		t.Errorf("%s", r)
	}
}

// TestExec_Environment: what leads to the proxy takes the place of what leads
// elsewhere.
func TestExec_Environment(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	gone := []string{"ANTHROPIC_API_KEY", "ANTHROPIC_API_URL", "ANTHROPIC_CUSTOM_HEADERS", "ANTHROPIC_UNIX_SOCKET",
		"CLAUDE_CODE_OAUTH_TOKEN", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY"}
	for _, name := range append([]string{"ANTHROPIC_BASE_URL", "ANTHROPIC_API_BASE", "ANTHROPIC_AUTH_TOKEN", "HERMES_TUI_LOCAL_KEY", "HERMES_TUI_PROXY_URL"}, gone...) {
		b.env = append(b.env, name+"=elsewhere")
	}
	b.env = append(b.env, "NO_PROXY=example.org", "no_proxy=lower.example,example.org", "KEPT=yes")
	got := map[string]string{}
	for line := range strings.Lines(b.must("exec", "--key-in", "OPENAI_API_KEY", "--", "env")) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		if _, twice := got[name]; twice {
			t.Errorf("%s is set twice", name)
		}
		got[name] = value
	}
	for _, name := range gone {
		if value, set := got[name]; set {
			t.Errorf("%s=%s is left", name, value)
		}
	}
	url, key := got["HERMES_TUI_PROXY_URL"], got["HERMES_TUI_LOCAL_KEY"]
	if !strings.HasPrefix(url, "http://127.0.0.1:") || !strings.HasPrefix(key, "htui_run_") {
		t.Errorf("proxy %q, key %q", url, key)
	}
	for name, want := range map[string]string{
		"ANTHROPIC_BASE_URL": url + "/anthropic", "ANTHROPIC_API_BASE": url + "/anthropic", "ANTHROPIC_AUTH_TOKEN": key,
		"OPENAI_API_KEY": key, "NO_PROXY": "example.org,lower.example,127.0.0.1", "no_proxy": "example.org,lower.example,127.0.0.1", "KEPT": "yes",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
}

// TestExec_KeyIsDeadAfterwards: the key is good while the command runs, at its
// own proxy only, and at none when it has ended.
func TestExec_KeyIsDeadAfterwards(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	s := b.serve()
	x := b.start("exec", "--", "sh", "-c", `echo "$HERMES_TUI_PROXY_URL $HERMES_TUI_LOCAL_KEY" > run.part; mv run.part run; while [ ! -e enough ]; do sleep 0.05; done`)
	var run []string
	b.until(func() bool {
		text, err := os.ReadFile(b.home + "/run")
		run = strings.Fields(string(text))
		return err == nil
	})
	url, key := run[0], run[1]
	if got := b.ask(url, key); got.status != http.StatusOK {
		t.Errorf("while it runs: %+v", got)
	}
	if got := b.ask(s.url, key); got.status != http.StatusUnauthorized {
		t.Errorf("at the proxy of somebody else: %+v", got)
	}
	if got := b.ask(url, s.key); got.status != http.StatusUnauthorized {
		t.Errorf("the key of serve: %+v", got)
	}
	if err := os.WriteFile(b.home+"/enough", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if r := x.end(t); r.code != 0 {
		t.Fatal(r)
	}
	if res, err := http.Get(url + "/healthz"); err == nil {
		res.Body.Close()
		t.Error("the proxy outlives its command")
	}
	if got := b.ask(s.url, key); got.status != http.StatusUnauthorized {
		t.Errorf("after its end: %+v", got)
	}
}

// TestExec_PassesSignals: they reach the command, once, and its exit code is
// ours.
func TestExec_PassesSignals(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2} {
		ready := b.mkdir("signals") + "/" + signal.String()
		x := b.start("exec", "--", "bash", "-c", `got() { echo "got $1"; exit 40; }
for name in INT TERM HUP QUIT USR1 USR2; do trap "got $name" $name; done
: > "$1"; while :; do sleep 0.05; done`, "bash", ready)
		b.until(func() bool { _, err := os.Stat(ready); return err == nil })
		if err := x.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if r := x.end(t); r.code != 40 || strings.Count(r.out, "got ") != 1 {
			t.Errorf("%s: %s", signal, r)
		}
	}
}

// TestExec_InATerminal: the command has the terminal itself, its size when that
// changes too, and ctrl-c once.
func TestExec_InATerminal(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	x := b.session(100, 30, true, `hermes-tui exec -- bash -c '
trap "echo interrupted; n=\$((n+1))" INT
trap "echo resized to \$(stty size)" WINCH
for fd in 0 1 2; do [ -t $fd ] && echo "terminal $fd"; done
echo "size $(stty size)"
until [ "$line" = end ]; do read -r -t 0.2 line; done
echo "interrupts: $n"; exit 9'; echo "ended with $?"`)
	x.match(`terminal 0\s+terminal 1\s+terminal 2\s+size 30 100`)
	x.resize(72, 20)
	x.match(`resized to 20 72`)
	x.press("\x03")
	x.match(`interrupted`)
	x.press("end\n")
	x.match(`interrupts: 1\s+ended with 9`)
}

// TestExec_NamesTheModel: Claude Code asks for a model that the provider has,
// unless the person named another.
func TestExec_NamesTheModel(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.env = append(b.env, "ANTHROPIC_MODEL=mine")
	env := strings.Split(b.must("exec", "--", "env"), "\n")
	for _, want := range []string{
		"ANTHROPIC_MODEL=mine", "ANTHROPIC_DEFAULT_OPUS_MODEL=MiniMax-M3",
		"ANTHROPIC_DEFAULT_SONNET_MODEL=MiniMax-M3", "ANTHROPIC_DEFAULT_HAIKU_MODEL=MiniMax-M3",
	} {
		if !slices.Contains(env, want) {
			t.Errorf("the command's environment lacks %s", want)
		}
	}
}

// TestExec_OpenAI: where the account speaks Chat Completions or Responses, the
// command finds the proxy in OpenAI's variables, Codex in its arguments, and
// what Anthropic's programs read stays as it was.
func TestExec_OpenAI(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.runWith("sk-test-key-of-openai-0001\n", "login", "openai-api", "--api-key", "--label", "gpt")
	b.env = append(b.env, "OPENAI_BASE_URL=elsewhere", "OPENAI_ORG_ID=org", "AZURE_OPENAI_API_KEY=azure", "ANTHROPIC_API_KEY=mine")
	got := map[string]string{}
	for line := range strings.Lines(b.must("exec", "gpt", "--", "env")) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		got[name] = value
	}
	url, key := got["HERMES_TUI_PROXY_URL"], got["HERMES_TUI_LOCAL_KEY"]
	for name, want := range map[string]string{
		"OPENAI_BASE_URL": url + "/openai/v1", "OPENAI_API_BASE": url + "/openai/v1", "OPENAI_API_KEY": key,
		"OPENAI_HOST": url, "OPENAI_BASE_PATH": "openai/v1/chat/completions",
		"OPENAI_ORG_ID": "", "AZURE_OPENAI_API_KEY": "", "ANTHROPIC_BASE_URL": "", "ANTHROPIC_API_KEY": "mine",
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	b.program("codex", `for word; do echo "$word"; done; echo "$HERMES_TUI_PROXY_URL"`)
	lines := strings.Split(b.must("exec", "gpt", "--", "codex", "exec", "hi"), "\n")
	if len(lines) != 8 || lines[1] != `model_provider="hermes-tui"` || !strings.Contains(lines[3], `base_url="`+lines[6]+`/openai/v1"`) || lines[4] != "exec" || lines[5] != "hi" {
		t.Errorf("Codex gets %q", lines)
	}
	b.program("claude", `echo "$ANTHROPIC_BASE_URL"`)
	if r := b.run("exec", "gpt", "--", "claude"); r.code != 2 || r.out != "" || !strings.Contains(r.err, "Claude Code asks in anthropic_messages") {
		t.Errorf("Claude Code: %s", r)
	}
	b.signIn("--label", "work")
	for name, want := range map[string]string{"claude": "MiniMax", "codex": "OpenAI"} {
		if r := b.run("exec", "--", name); r.code != 0 || !strings.Contains(r.err, "is served by the accounts of "+want) {
			t.Errorf("of two pools %s gets %s", name, r)
		}
	}
	if r := b.run("exec", "--", "env"); r.code != 2 || !strings.Contains(r.err, "several pools") {
		t.Errorf("a program that nobody knows: %s", r)
	}
}
