//go:build unix

package main_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// shell runs a line as a program runs its helper command: with a shell, in an
// environment of its own.
func (b *bench) shell(line string) string {
	b.t.Helper()
	cmd := exec.Command("/bin/sh", "-c", line)
	cmd.Env = []string{
		"HOME=" + b.home, "PATH=" + os.Getenv("PATH"), "HERMES_TUI_KEYSTORE=file",
		"HERMES_TUI_MINIMAX_OAUTH_URL=" + b.portal.URL(),
		"HERMES_TUI_MINIMAX_INFERENCE_URL=" + b.portal.URL() + "/anthropic",
	}
	out, err := cmd.Output()
	if err != nil {
		b.t.Fatalf("%s: %v", line, err)
	}
	return strings.TrimSpace(string(out))
}

func TestConnect_WrittenHelperPrintsTheToken(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "$(rm -rf x)")
	token := strings.TrimSpace(b.must("token"))

	settings := filepath.Join(b.mkdir(".claude"), "settings.json")
	if err := os.WriteFile(settings, []byte("{\n  \"model\": \"opus\"\n}\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	r := b.run("connect", "claude-code", b.id, "--write", "--yes")
	if r.code != 0 {
		t.Fatal(r)
	}
	for _, want := range []string{"+  \"apiKeyHelper\"", "kept as " + settings} {
		if !strings.Contains(r.err, want) {
			t.Errorf("lacks %q: %s", want, r.err)
		}
	}
	text, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), "{\n  \"model\": \"opus\"") || strings.Contains(string(text), token) || strings.Contains(string(text), "rm -rf") {
		t.Errorf("written: %s", text)
	}
	info, err := os.Stat(settings)
	if err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if again := b.must("connect", "claude-code", b.id, "--write", "--yes"); !strings.Contains(again, "has these settings already") {
		t.Errorf("again: %s", again)
	}

	var written struct{ APIKeyHelper string }
	if err := json.Unmarshal(text, &written); err != nil {
		t.Fatal(err)
	}
	if got := b.shell(written.APIKeyHelper); got != token {
		t.Errorf("the helper prints %q, want the account's token", got)
	}
}

func TestConnect_KeyCmdPrintsWhatHermesReads(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	b.signIn()
	r := b.run("connect", "hermes-agent")
	var config struct {
		Providers map[string]struct {
			KeyCmd string `yaml:"key_cmd"`
		}
		Model struct{ Provider string }
	}
	if err := yaml.Unmarshal([]byte(r.out), &config); err != nil || r.code != 0 {
		t.Fatal(err, r)
	}
	p, ok := config.Providers[strings.TrimPrefix(config.Model.Provider, "custom:")]
	if !ok {
		t.Fatalf("the model names a provider that is not there: %s", r.out)
	}
	var key struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
	}
	b.decode(b.shell(p.KeyCmd), &key)
	if key.AccessToken != strings.TrimSpace(b.must("token")) || key.ExpiresIn <= 0 {
		t.Errorf("key_cmd prints %+v", key)
	}
	if strings.Contains(r.out, key.AccessToken) {
		t.Error("the token stands in the configuration")
	}
}

func TestConnect_RefusesAndChangesNothing(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	b.signIn()
	file := filepath.Join(b.mkdir(".hermes"), "config.yaml")
	broken := "providers: [\n"
	if err := os.WriteFile(file, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(b.mkdir(".claude"), "settings.json"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"connect", "emacs"}, `no program "emacs" is known here; one of hermes-agent`},
		{[]string{"connect", "codex"}, "speaks codex_responses"},
		{[]string{"connect", "claude-code", "nobody"}, `there is no account "nobody"`},
		{[]string{"connect", "hermes-agent", "--write", "--yes"}, "cannot be read as yaml"},
		{[]string{"connect", "claude-code", "--write", "--yes"}, "not a file"},
		{[]string{"connect", "opencode", "--write"}, "add --yes"},
		{[]string{"connect", "env", "--write", "--yes"}, "has no file to write"},
	} {
		r := b.run(c.args...)
		if r.code != 2 || !strings.Contains(r.err, c.want) || strings.Count(r.err, "hermes-tui: ") != 1 {
			t.Errorf("%v: %s", c.args, r)
		}
	}
	if text, _ := os.ReadFile(file); string(text) != broken {
		t.Errorf("the file was changed: %s", text)
	}
	left, _ := filepath.Glob(filepath.Join(b.home, ".hermes", "*"))
	if len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

// Whoever can write the files that are not sealed sends no token elsewhere:
// nothing that is written for a program, or printed with a token, is from them.
func TestConnect_TrustsNoOpenFile(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	b.signIn()
	own := b.portal.URL() + "/anthropic"
	for _, path := range []string{filepath.Join(b.state(), "pool.json"), filepath.Join(b.state(), "acct", b.id+".head")} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), own) {
			t.Errorf("%s holds an address, which is not sealed there", path)
		}
		text = []byte(otherAddress(t, string(text), "https://evil.example/anthropic"))
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"connect", "claude-code"}, {"connect", "hermes-agent", b.id}, {"token", "--json"}} {
		if r := b.run(args...); r.code != 0 || !strings.Contains(r.out, own) || strings.Contains(r.out+r.err, "evil.example") {
			t.Errorf("%s: %s", args, r)
		}
	}
}

// otherAddress adds an address to each account of a file that is not sealed, as
// somebody would who hopes that it is believed.
func otherAddress(t *testing.T, text, url string) string {
	t.Helper()
	if !strings.Contains(text, `"api":`) {
		t.Fatalf("there is no account to add an address to: %s", text)
	}
	return strings.ReplaceAll(text, `"api":`, `"base_url":"`+url+`","api":`)
}

// A program that was started elsewhere finds what was moved for this command.
func TestConnect_SaysWhereTheFilesAre(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	b.signIn()
	if err := os.WriteFile(filepath.Join(b.home, "my config.toml"), []byte("log_level = \"error\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(b.home, "tui", "data", "key")
	b.env = append(b.env, "HERMES_TUI_KEY_FILE="+key)
	out := b.run("connect", "claude-code", "--config", "my config.toml").out
	want := " --home " + filepath.Join(b.home, "tui") + " --config '" + filepath.Join(b.home, "my config.toml") + "' --key-file " + key + " --keystore file token "
	if !strings.Contains(out, want) {
		t.Fatalf("lacks %s: %s", want, out)
	}
	var written struct{ APIKeyHelper string }
	b.decode(out, &written)
	if got := b.shell(written.APIKeyHelper); got != strings.TrimSpace(b.must("token")) {
		t.Errorf("the helper prints %q", got)
	}
}
