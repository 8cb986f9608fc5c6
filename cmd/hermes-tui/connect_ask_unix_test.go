//go:build unix

package main_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// program puts a program into the path, which runs a script.
func (b *bench) program(name, script string) {
	b.t.Helper()
	buildtest.Write(b.t, filepath.Join(b.mkdir("programs"), name), []byte("#!/bin/sh\n"+script+"\n"))
	b.env = append(b.env, "PATH="+b.home+"/programs:"+os.Getenv("PATH"))
}

// TestConnect_LooksAtTheVersionOfHermes: one that is too old for key_cmd would
// ignore it without a word.
func TestConnect_LooksAtTheVersionOfHermes(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	for script, want := range map[string]int{
		"echo 'Hermes Agent v0.9.0 (2026.8.14)'":  2,
		"echo 'Hermes Agent v0.8.0 (2025.12.31)'": 2,
		"echo 'Hermes Agent v0.9.1 (2026.8.15)'":  0,
		"echo 'Hermes Agent v1.0.0 (2027.1.2)'":   0,
		"echo 'a build of my own'":                0,
		"exit 1":                                  0,
	} {
		b.program("hermes", script)
		text := []byte("a: 1\n")
		path := b.put(where["hermes-agent"], text, 0o600)
		r := b.run("connect", "hermes-agent", "--write", "--yes")
		if r.code != want || bytes.Equal(b.get(path), text) != (want == 2) {
			t.Errorf("%s: %s", script, r)
		}
		if want == 2 && (!strings.Contains(r.err, "understands this only from 2026.8.15 on") || !strings.Contains(r.err, "--form proxy")) {
			t.Errorf("%s: %s", script, r)
		}
		if r := b.run("connect", "hermes-agent", "--form", "proxy", "--write", "--yes"); r.code != 0 {
			t.Errorf("%s: %s", script, r)
		}
	}
}

// TestConnect_AsksTheProgramWhatItRead: after the file was written; it finds no
// way to the network.
func TestConnect_AsksTheProgramWhatItRead(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	file := b.home + "/" + where["opencode"]
	for script, want := range map[string]string{
		`[ "$*" = "debug config --pure" ] && [ -n "$https_proxy" ] && [ -n "$ALL_PROXY" ] && cat "` + file + `"`: "opencode was asked: it uses these settings.",
		`echo '{"model": "their/model"}'`: "# opencode was asked, and took from elsewhere than " + file + ": model, provider.",
		"exit 1":                          "# opencode was asked what it read, and did not say",
	} {
		b.program("opencode", script)
		_ = os.Remove(file)
		r := b.run("connect", "opencode", b.id, "--write", "--yes")
		if r.code != 0 || !strings.Contains(r.out+r.err, want) {
			t.Errorf("%s: %s", script, r)
		}
	}
}

// TestConnect_NobodyHasToWaitForTheProgram: the file is written, and Ctrl+C ends
// the question.
func TestConnect_NobodyHasToWaitForTheProgram(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.program("opencode", "exec sleep 600")
	x := b.session(200, 50, true, fmt.Sprintf(`PATH=%s/programs:$PATH; trap : INT; hermes-tui connect opencode --write --yes; echo "ended with $?"`, b.home))
	x.match(`Changed [\s\S]*is asked what it read; Ctrl\+C skips that`)
	x.press("\x03")
	x.match(`ended with`)
	if text := b.get(b.home + "/" + where["opencode"]); !bytes.Contains(text, []byte("hermes-tui")) {
		t.Errorf("written: %s", text)
	}
}

// TestExec_RefusesWhatItCannotLead: a program that asks in what the account does
// not speak would get nothing but refusals.
func TestExec_RefusesWhatItCannotLead(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.program("codex", "echo started")
	for _, name := range []string{"codex", b.home + "/programs/codex"} {
		if r := b.run("exec", "--", name, "exec", "hi"); r.code != 2 || r.out != "" || !strings.Contains(r.err, "Codex CLI asks in codex_responses, and MiniMax accounts speak anthropic_messages") {
			t.Errorf("%s: %s", name, r)
		}
	}
}

// TestExec_OverrulesTheSettingsOfClaude: what stands in Claude Code's own file
// goes before its environment, and what exec gives it goes before that, for the
// run only. A person's own --settings is left alone, and what then goes before
// is named.
func TestExec_OverrulesTheSettingsOfClaude(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.program("claude", `echo "$# $1 $3"; [ "$1" = --settings ] && cat "$2" && ls -l "$2"; echo; echo "$HERMES_TUI_PROXY_URL $HERMES_TUI_LOCAL_KEY"`)
	file := b.put(where["claude-code"], []byte(`{"env": {"ANTHROPIC_BASE_URL": "https://other.example", "ANTHROPIC_AUTH_TOKEN": "sk-other-vendor-0001"}}`), 0o600)
	r := b.run("exec", "--", "claude", "hi")
	lines := strings.Split(r.out, "\n")
	if r.code != 0 || r.err != "" || len(lines) < 4 || lines[0] != "3 --settings hi" {
		t.Fatal(r)
	}
	run := strings.Fields(lines[3])
	var settings struct{ Env map[string]string }
	text, listed, _ := strings.Cut(lines[1], "}}")
	b.decode(text+"}}", &settings)
	if settings.Env["ANTHROPIC_BASE_URL"] != run[0]+"/anthropic" || settings.Env["ANTHROPIC_AUTH_TOKEN"] != run[1] || settings.Env["ANTHROPIC_MODEL"] != "MiniMax-M3" {
		t.Errorf("%s: %+v", r, settings)
	}
	if key, set := settings.Env["ANTHROPIC_API_KEY"]; !set || key != "" || !strings.HasPrefix(listed, "-rw------- ") {
		t.Errorf("%s", r)
	}
	if left, _ := os.ReadDir(b.home + "/tmp"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	r = b.run("exec", "--", "claude", "--settings", "/dev/null", "hi")
	if r.code != 0 || !strings.HasPrefix(r.out, "3 --settings hi\n") || strings.Contains(r.err, "sk-other") ||
		!strings.Contains(r.err, "env.ANTHROPIC_AUTH_TOKEN in "+file+" goes before what exec sets") {
		t.Errorf("%s", r)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if r := b.run("exec", "--", "claude", "hi"); r.err != "" || !strings.HasPrefix(r.out, "1 hi ") {
		t.Errorf("without settings: %s", r)
	}
}
