//go:build unix

package main_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// commands are all that could leave something behind.
var commands = [][]string{
	{"doctor"}, {"list"}, {"status"}, {"log"}, {"token"}, {"refresh", "--all"}, {"refresh", "--all", "--force"},
	{"login", "minimax", "--no-browser"}, {"rename", "work", "other"}, {"remove", "work", "--yes"}, {"pool", "reset"}, {"pool", "show"},
	{"import", "--yes"}, {"export", "--hermes", "--yes"}, {"keystore", "show"}, {"keystore", "move", "file"}, {"serve", "--show-key"},
	{"serve", "--rotate-key"}, {"exec", "--", "true"}, {"connect", "claude-code", "--write", "--yes"}, {"purge", "--yes"}, {"--plain"},
}

// owners is every file and folder below dir with its owner and mode.
func owners(t *testing.T, dir string) map[string][3]int {
	t.Helper()
	all := map[string][3]int{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			s := info.Sys().(*syscall.Stat_t)
			all[path] = [3]int{int(s.Uid), int(s.Gid), int(info.Mode())}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func give(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, 12345, 12345)
	})
	if err != nil {
		t.Skipf("this system gives no files away: %v", err)
	}
}

// untouched runs every command and fails when one leaves or changes anything.
func untouched(t *testing.T, b *bench, home string) {
	t.Helper()
	for _, args := range commands {
		before := owners(t, home)
		r := b.run(args...)
		after := owners(t, home)
		for path, was := range after {
			if had, there := before[path]; !there || had != was {
				t.Errorf("%v: %s is %v, was %v (there before: %v)\n%s", args, path, was, had, there, r)
			}
		}
		if len(after) < len(before) {
			t.Errorf("%v: something is gone", args)
		}
	}
}

// TestRootInAnothersHome: with sudo and a person's HOME no command makes a file,
// locks the person out of a folder or changes an owner.
func TestRootInAnothersHome(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can be in another's home")
	}
	t.Parallel()
	for name, env := range map[string][]string{
		"an empty home":  nil,
		"a folder named": {"HERMES_TUI_HOME="},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, sandbox.Options{AutoApprove: 1})
			home := b.mkdir("person")
			for i, v := range b.env {
				switch {
				case strings.HasPrefix(v, "HOME="):
					b.env[i] = "HOME=" + home
				case strings.HasPrefix(v, "HERMES_TUI_HOME=") && env == nil:
					b.env[i] = "HERMES_TUI_HOME="
				case strings.HasPrefix(v, "HERMES_TUI_HOME="):
					b.env[i] = "HERMES_TUI_HOME=" + filepath.Join(home, "mine")
				}
			}
			give(t, home)
			untouched(t, b, home)
			if r := b.run("login", "minimax"); r.code != 2 || !strings.Contains(r.err, home+" belongs to another user") {
				t.Error(r)
			}
		})
	}
	t.Run("a store", func(t *testing.T) {
		b := newBench(t, sandbox.Options{AutoApprove: 1})
		b.must("login", "minimax", "--label", "work", "--no-browser")
		b.must("token")
		locks, _ := filepath.Glob(filepath.Join(b.state(), "*.lock"))
		usage, _ := filepath.Glob(filepath.Join(b.state(), "usage*"))
		for _, path := range append(locks, usage...) {
			_ = os.Remove(path)
		}
		give(t, b.home)
		untouched(t, b, b.home)
	})
}

// TestOpenFolders: folders of ours that others could change are closed; one above
// them is named together with the cure, and nothing is made below it.
func TestOpenFolders(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: 1})
	b.must("login", "minimax", "--label", "work", "--no-browser")
	for _, dir := range []string{b.state(), filepath.Join(b.state(), "acct"), filepath.Join(b.home, "tui", "data")} {
		if err := os.Chmod(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		if r := b.run("doctor"); !strings.Contains(r.out, dir) || r.code != 1 {
			t.Errorf("doctor says nothing of %s: %s", dir, r)
		}
		if r := b.run("token"); r.code != 0 || !strings.Contains(r.err, dir+" (mode 0777)") {
			t.Errorf("%s: %s", dir, r)
		}
		if info, _ := os.Stat(dir); info.Mode().Perm() != 0o700 {
			t.Errorf("%s has the mode %v", dir, info.Mode())
		}
	}
	above := filepath.Join(b.home, "tui")
	for mode, open := range map[os.FileMode]bool{0o777: true, 0o773: true, 0o755: false, 0o777 | os.ModeSticky: false, 0o700: false} {
		if err := os.Chmod(above, mode); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"token"}, {"refresh", "--all"}, {"login", "minimax", "--no-browser"}, {"serve", "--show-key"}} {
			r := b.run(args...)
			if refused := r.code == 2 && strings.Contains(r.err, "chmod go-w '"+above+"'"); refused != open {
				t.Errorf("%v below a folder of mode %v: %s", args, mode, r)
			}
		}
		r := b.run("doctor")
		if strings.Contains(r.out, "chmod go-w '"+above+"'") != open {
			t.Errorf("mode %v: %s", mode, r)
		}
		if r := b.run("list"); r.code != 0 {
			t.Errorf("list: %s", r)
		}
	}
}
