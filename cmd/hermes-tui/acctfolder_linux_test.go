package main_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// asNobody gives the bench to a person without rights, whom modes keep out.
func (b *bench) asNobody() (run func(args ...string) result) {
	b.t.Helper()
	if os.Geteuid() != 0 {
		return b.run
	}
	program, err := os.ReadFile(binary)
	if err != nil {
		b.t.Fatal(err)
	}
	path := filepath.Join(b.mkdir("bin"), "hermes-tui")
	buildtest.Write(b.t, path, program)
	err = filepath.WalkDir(b.home, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(nobody.Uid), int(nobody.Gid))
	})
	if err != nil {
		b.t.Skipf("this system gives no files away: %v", err)
	}
	return func(args ...string) result {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		p := &process{Cmd: b.command(ctx, args...), cancel: cancel}
		p.Path, p.Stdout, p.Stderr = path, &p.out, &p.err
		p.SysProcAttr = &syscall.SysProcAttr{Credential: nobody}
		if err := p.Start(); err != nil {
			b.t.Fatal(err)
		}
		return p.end(b.t)
	}
}

// TestAccountsFolderThatCannotBeRead: the rows stay, on the screen and on the
// disk; whatever needs the records names the folder.
func TestAccountsFolderThatCannotBeRead(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: 1})
	for _, label := range []string{"work", "home"} {
		b.must("login", "minimax", "--no-browser", "--label", label)
	}
	run := b.asNobody()
	acct, pool := filepath.Join(b.state(), "acct"), filepath.Join(b.state(), "pool.json")
	aside := filepath.Join(b.state(), "kept")
	rows, err := os.ReadFile(pool)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ spoil, repair func() error }{
		"closed": {func() error { return os.Chmod(acct, 0) }, func() error { return os.Chmod(acct, 0o700) }},
		"a file": {func() error {
			if err := os.Rename(acct, aside); err != nil {
				return err
			}
			return os.WriteFile(acct, nil, 0o644)
		}, func() error {
			if err := os.Remove(acct); err != nil {
				return err
			}
			return os.Rename(aside, acct)
		}},
	} {
		for _, damaged := range []bool{false, true} {
			if err := tc.spoil(); err != nil {
				t.Fatal(err)
			}
			if damaged { // the rows come from the copy beside it
				_ = os.Remove(pool)
				if err := os.WriteFile(pool, []byte("{"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			for _, command := range []string{"token work", "refresh --all", "rename work other", "list"} {
				r := run(strings.Fields(command)...)
				shown := command == "list" && r.code == 0 && strings.Contains(r.out, "work")
				partly := command == "refresh --all" && r.code == 1
				if !shown && (r.code != 4 && !partly || !strings.Contains(r.err, acct)) {
					t.Errorf("%s, pool file damaged %v: %s: %s", name, damaged, command, r)
				}
			}
			if err := tc.repair(); err != nil {
				t.Fatal(err)
			}
			if r := run("list"); r.code != 0 || !strings.Contains(r.out, "work") || !strings.Contains(r.out, "home") {
				t.Errorf("%s, pool file damaged %v, repaired: %s", name, damaged, r)
			}
			if r := run("token", "home"); r.code != 0 {
				t.Errorf("%s, pool file damaged %v, repaired: %s", name, damaged, r)
			}
			_ = os.Remove(pool)
			if err := os.WriteFile(pool, rows, 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Chown(pool, int(nobody.Uid), int(nobody.Gid)); err != nil && os.Geteuid() == 0 {
				t.Fatal(err)
			}
		}
	}
}
