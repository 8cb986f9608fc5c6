//go:build unix

package main_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// program puts a program into the path, which runs a script.
func (b *bench) program(name, script string) {
	b.t.Helper()
	b.put("programs/"+name, []byte("#!/bin/sh\n"+script+"\n"), 0o755)
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

// TestExec_RefusesWhatItCannotLead: a program that takes no address from its
// environment would go out by itself.
func TestExec_RefusesWhatItCannotLead(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.program("codex", "echo started")
	for _, name := range []string{"codex", b.home + "/programs/codex"} {
		if r := b.run("exec", "--", name, "exec", "hi"); r.code != 2 || r.out != "" || !strings.Contains(r.err, "hermes-tui connect codex") {
			t.Errorf("%s: %s", name, r)
		}
	}
}
