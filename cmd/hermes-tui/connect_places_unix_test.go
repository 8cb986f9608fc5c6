//go:build unix

package main_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// link makes a symbolic link below the home folder.
func (b *bench) link(target, name string) string {
	b.t.Helper()
	b.mkdir(filepath.Dir(name))
	path := filepath.Join(b.home, name)
	if err := os.Symlink(target, path); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// TestConnect_LinksStay: a file or folder that is kept elsewhere is changed and
// given back there.
func TestConnect_LinksStay(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.mkdir("dots/claw")
	for _, c := range []struct {
		program, target, link string
		text                  string // of the file that the link leads to; empty: there is none yet
	}{
		{"claude-code", "dots/settings.json", ".claude/settings.json", "{\n  \"a\": 1\n}\n"},
		{"hermes-agent", "dots/hermes", ".hermes", "a: 1\n"},
		{"opencode", "dots/opencode", ".config/opencode", "{}\n"},
		{"openclaw", "dots/claw/openclaw.json", ".openclaw/openclaw.json", ""},
	} {
		file := filepath.Join(b.home, c.target)
		if !strings.HasSuffix(c.target, ".json") {
			file = filepath.Join(file, filepath.Base(where[c.program]))
		}
		if c.text != "" {
			b.put(strings.TrimPrefix(file, b.home), []byte(c.text), 0o640)
		}
		link := b.link(filepath.Join(b.home, c.target), c.link)
		for _, flag := range []string{"--write", "--undo"} {
			if r := b.run("connect", c.program, flag, "--yes"); r.code != 0 {
				t.Errorf("%s", r)
			}
			if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
				t.Errorf("%s %s: the link is gone: %v", c.program, flag, err)
			}
			if info, err := os.Lstat(file); flag == "--write" && (err != nil || !info.Mode().IsRegular() || !bytes.Contains(b.get(file), []byte("hermes-tui"))) {
				t.Errorf("%s: nothing was written: %v", c.program, err)
			}
		}
		if got, err := os.ReadFile(file); string(got) != c.text || c.text == "" && !os.IsNotExist(err) {
			t.Errorf("%s: given back as %q, %v", c.program, got, err)
		}
	}
}

// TestConnect_RefusesOddPlaces: nothing is written, and the lines are printed.
func TestConnect_RefusesOddPlaces(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	text := []byte("{}\n")
	for _, c := range []struct {
		name, want string
		make       func(path string)
	}{
		{"a read-only file", "it is read-only", func(string) { b.put(where["claude-code"], text, 0o444) }},
		{"several names", "it has several names", func(path string) {
			b.put(where["claude-code"], text, 0o600)
			if err := os.Link(path, filepath.Join(b.home, "second")); err != nil {
				t.Fatal(err)
			}
		}},
		{"a link into no folder", "whose folder does not exist", func(string) { b.link(filepath.Join(b.home, "gone/settings.json"), where["claude-code"]) }},
		{"a link in circles", "leads round in circles", func(path string) { b.link(path, where["claude-code"]) }},
		{"a pipe", "not a file", func(path string) {
			if err := syscall.Mkfifo(path, 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{"another user's file", "belongs to user 65534", func(path string) {
			b.put(where["claude-code"], text, 0o600)
			if os.Chown(path, 65534, 65534) != nil {
				t.Skip("only root can give a file to another user")
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.RemoveAll(filepath.Join(b.home, ".claude")); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(b.mkdir(".claude"), "settings.json")
			c.make(path)
			before, _ := os.Lstat(path)
			r := b.run("connect", "claude-code", "--write", "--yes")
			if r.code != 2 || !strings.Contains(r.err, c.want) || !strings.Contains(r.out, "apiKeyHelper") {
				t.Errorf("%s", r)
			}
			if now, err := os.Lstat(path); err != nil || !os.SameFile(before, now) || len(b.besides(path)) > 0 {
				t.Errorf("it was changed: %v, beside it %v", err, b.besides(path))
			}
		})
	}
}

// TestConnect_WithoutRights: a person who may not write the folder, or to whom
// it does not belong, gets the lines.
func TestConnect_WithoutRights(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("only root can start programs as somebody without rights")
	}
	b := newBench(t, sandbox.Options{})
	b.signIn()
	program := filepath.Join(b.mkdir("bin"), "hermes-tui")
	buildtest.Write(t, program, b.get(binary))
	b.put(".claude/settings.json", []byte("{}\n"), 0o600)
	b.put(".hermes/config.yaml", []byte("a: 1\n"), 0o644)
	if err := filepath.WalkDir(b.home, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, 65534, 65534)
	}); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(b.home, ".claude"), 0o500); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{".hermes", ".hermes/config.yaml"} {
		if err := os.Lchown(filepath.Join(b.home, path), 0, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(b.home, ".hermes"), 0o755); err != nil {
		t.Fatal(err)
	}
	for id, why := range map[string]string{"claude-code": "permission denied", "hermes-agent": "belongs to user 0"} {
		cmd := exec.Command(program, "connect", id, "--write", "--yes")
		cmd.Env, cmd.Dir, cmd.SysProcAttr = b.env, b.home, &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		var out, says bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &says
		if err := cmd.Run(); cmd.ProcessState == nil {
			t.Fatalf("another user cannot run programs there: %v", err)
		}
		if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(says.String(), why) || !strings.Contains(out.String(), "hermes-tui") {
			t.Errorf("%s: %v\n%s%s", id, cmd.ProcessState, &out, &says)
		}
	}
}
