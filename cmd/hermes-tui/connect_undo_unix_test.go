//go:build unix

package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// where is each program's file below the home folder.
var where = map[string]string{
	"claude-code": ".claude/settings.json", "opencode": ".config/opencode/opencode.json",
	"openclaw": ".openclaw/openclaw.json", "hermes-agent": ".hermes/config.yaml", "codex": ".codex/config.toml",
}

// put writes a file below the home folder.
func (b *bench) put(name string, text []byte, mode os.FileMode) string {
	b.t.Helper()
	path := filepath.Join(b.home, name)
	b.mkdir(filepath.Dir(name))
	if err := os.WriteFile(path, text, mode); err != nil {
		b.t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		b.t.Fatal(err)
	}
	return path
}

func (b *bench) get(path string) []byte {
	b.t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	return text
}

// besides are the names that stand beside a file.
func (b *bench) besides(path string) []string {
	b.t.Helper()
	found, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		b.t.Fatal(err)
	}
	var names []string
	for _, e := range found {
		if e.Name() != filepath.Base(path) {
			names = append(names, e.Name())
		}
	}
	return names
}

// TestConnect_UndoGivesBackTheBytes: whatever the file was like, it is changed
// and given back to the byte, or refused with the lines to add and left alone.
func TestConnect_UndoGivesBackTheBytes(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	for program, name := range where {
		account := []string{b.id}
		if program == "codex" {
			b.runWith("xai-test-key-0001\n", "login", "xai", "--api-key", "--label", "grok")
			account = []string{"grok", "--model", "grok-4"}
		}
		shapes, err := filepath.Glob("../../core/connect/testdata/shapes/" + program + "/*")
		if err != nil || len(shapes) < 10 {
			t.Fatal(program, shapes, err)
		}
		for _, shape := range shapes {
			if strings.HasSuffix(shape, ".want") || strings.HasSuffix(shape, ".refused") {
				continue
			}
			before := b.get(shape)
			path := b.put(name, before, 0o640)
			r := b.run(append([]string{"connect", program, "--write", "--yes"}, account...)...)
			if r.code != 0 {
				if r.code != 2 || r.out == "" || !strings.Contains(r.err, "add the lines by hand") || !bytes.Equal(b.get(path), before) || len(b.besides(path)) > 0 {
					t.Errorf("%s: %s", shape, r)
				}
				continue
			}
			if bytes.Equal(b.get(path), before) {
				t.Errorf("%s: nothing was written", shape)
			}
			if r := b.run("connect", program, "--undo", "--yes"); r.code != 0 || !bytes.Equal(b.get(path), before) || len(b.besides(path)) > 0 {
				t.Errorf("%s: %s\n%q, beside it %v", shape, r, b.get(path), b.besides(path))
			}
			if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
				t.Errorf("%s: mode %v, %v", shape, info.Mode(), err)
			}
		}
	}
}

// TestConnect_UndoAfterSeveralWrites: it goes back to before the first, and what
// somebody else wrote in between is not lost.
func TestConnect_UndoAfterSeveralWrites(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	first := []byte("{\n  \"env\": {\"ANTHROPIC_AUTH_TOKEN\": \"sk-other-vendor-000\"}\n}\n")
	path := b.put(where["claude-code"], first, 0o644)
	write := func(more ...string) {
		t.Helper()
		if r := b.run(append([]string{"connect", "claude-code", "--write", "--yes"}, more...)...); r.code != 0 {
			t.Fatal(r)
		}
	}
	undo := func(code int, says string) {
		t.Helper()
		if r := b.run("connect", "claude-code", "--undo", "--yes"); r.code != code || !strings.Contains(r.out+r.err, says) {
			t.Errorf("undo: %s", r)
		}
	}
	for _, model := range []string{"one", "two", "three"} {
		write("--model", model)
	}
	for _, name := range b.besides(path) {
		if info, err := os.Stat(filepath.Join(filepath.Dir(path), name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
	}
	if n := len(b.besides(path)); n != 2 {
		t.Errorf("three changes left %v", b.besides(path))
	}
	undo(0, "is as it was")
	if !bytes.Equal(b.get(path), first) || len(b.besides(path)) > 0 {
		t.Errorf("after three: %s, beside it %v", b.get(path), b.besides(path))
	}
	undo(2, "there is nothing to undo")

	write()
	theirs := bytes.Replace(b.get(path), []byte("{\n"), []byte("{\n  \"theme\": \"dark\",\n"), 1)
	b.put(where["claude-code"], theirs, 0o644)
	undo(2, "was changed after `connect --write`, and that would be lost; compare it with "+path)
	if !bytes.Equal(b.get(path), theirs) {
		t.Errorf("refused, and changed: %s", b.get(path))
	}
	write("--model", "four")
	write("--model", "five")
	undo(0, "What stood there before the first change is kept")
	if !bytes.Equal(b.get(path), theirs) {
		t.Errorf("what was written in between is gone: %s", b.get(path))
	}
	if n := b.besides(path); len(n) != 1 {
		t.Errorf("left: %v", n)
	}

	path = b.put(where["openclaw"], nil, 0o600)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	b.must("connect", "hermes-agent", "--help") // another file is not concerned
	if r := b.run("connect", "openclaw", "--write", "--yes"); r.code != 0 {
		t.Fatal(r)
	}
	if r := b.run("connect", "openclaw", "--undo", "--yes"); r.code != 0 {
		t.Fatal(r)
	}
	if _, err := os.Lstat(path); !os.IsNotExist(err) || len(b.besides(path)) > 0 {
		t.Errorf("a file that was not there before is left: %v, %v", err, b.besides(path))
	}
}

// TestConnect_ShowsNoSecretOfOthers: neither in the difference nor elsewhere.
func TestConnect_ShowsNoSecretOfOthers(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.put(where["hermes-agent"], []byte("model:\n  default: x\n  api_key: sk-other-vendor-0000\n  password: 'with blanks in it'\n  base_url: https://me:hunter2@o.example/v1\n"), 0o600)
	b.put(where["openclaw"], []byte("{\n  gateway: {auth: {token: 'claw-secret'}, port: 1},\n  note: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.x',\n  esc: '\x1b[31m',\n}\n"), 0o600)
	for _, program := range []string{"hermes-agent", "openclaw"} {
		for _, args := range [][]string{{"--write"}, {"--undo"}} {
			r := b.run(append([]string{"connect", program, "--yes"}, args...)...)
			if r.code != 0 {
				t.Errorf("%s", r)
			}
			for _, secret := range []string{"sk-other-vendor", "with blanks", "hunter2", "claw-secret", "eyJhbGci", "\x1b"} {
				if strings.Contains(r.out+r.err, secret) {
					t.Errorf("%s %v shows %q:\n%s", program, args, secret, r.err)
				}
			}
		}
	}
}
