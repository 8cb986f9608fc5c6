//go:build unix

package main_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// disk is what lies under a folder: the content of every file by its path.
type disk map[string]string

func (b *bench) disk(dir string) disk {
	b.t.Helper()
	all := disk{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		all[path] = string(data)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

// restore writes the files back as they were.
func (d disk) restore(t testing.TB, dir string) {
	t.Helper()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	for path, content := range d {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// change rewrites the files that a pattern names.
func change(pattern string, f func(string) string) func(b *bench) {
	return func(b *bench) {
		b.t.Helper()
		found, err := filepath.Glob(filepath.Join(b.home, "tui", pattern))
		if err != nil || len(found) == 0 {
			b.t.Fatalf("no file %s, %v", pattern, err)
		}
		for _, path := range found {
			data, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, []byte(f(string(data))), 0o600)
			}
			if err != nil {
				b.t.Fatal(err)
			}
		}
	}
}

// instead puts a folder in the place of a file, which not even root can write.
func instead(pattern string) func(b *bench) {
	return func(b *bench) {
		b.t.Helper()
		found, _ := filepath.Glob(filepath.Join(b.home, "tui", pattern))
		for _, path := range found {
			if err := os.Remove(path); err != nil {
				b.t.Fatal(err)
			}
			if err := os.Mkdir(path, 0o700); err != nil {
				b.t.Fatal(err)
			}
		}
	}
}

func gone(pattern string) func(b *bench) {
	return func(b *bench) {
		b.t.Helper()
		found, _ := filepath.Glob(filepath.Join(b.home, "tui", pattern))
		for _, path := range found {
			if err := os.Remove(path); err != nil {
				b.t.Fatal(err)
			}
		}
	}
}

func broken(string) string { return "{" }
func newer(text string) string {
	return strings.NewReplacer(`"version": 1`, `"version": 99`, `"version":1`, `"version":99`).Replace(text)
}
func elsewhere(text string) string {
	return strings.Replace(text, `"machine": "`, `"machine": "not-this-`, 1)
}

// expected is what a command has to do in a broken world: "token:4:damaged".
type expected struct {
	command string
	code    int
	says    string
}

// TestDamage breaks one file after the other. Every command says in one
// sentence what is wrong and ends with the right code, nothing is sent that
// could cost the account, and with the file back everything works as before.
func TestDamage(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	token := b.must("token")
	whole := b.disk(filepath.Join(b.home, "tui"))
	refused := func(code int, says string, commands ...string) (all []expected) {
		for _, command := range commands {
			all = append(all, expected{command, code, says})
		}
		return all
	}
	fine := func(commands ...string) []expected { return refused(0, "", commands...) }
	for _, tt := range []struct {
		name  string
		spoil func(b *bench)
		want  [][]expected
	}{
		{"pool damaged", change("state/pool.json", broken), [][]expected{fine("list", "token", "status")}},
		{"pool and its copy damaged", change("state/pool.json*", broken), [][]expected{fine("list", "token work", "rename work work")}},
		{"pool gone", gone("state/pool.json*"), [][]expected{fine("list", "token work")}},
		{"pool of a newer program", change("state/pool.json", newer), [][]expected{
			fine("list", "token"), refused(4, "newer hermes-tui", "rename work home", "refresh --force", "login", "remove work --yes"),
		}},
		{"pool is a folder", instead("state/pool.json"), [][]expected{fine("list", "list --json", "status", "token", "rename work work")}},
		{"pool without rows", change("state/pool.json", func(string) string { return `{"version":1,"rows":null}` }), [][]expected{fine("token", "rename work work")}},
		{"head that points elsewhere", change("state/acct/*.head", func(text string) string {
			return strings.Replace(text, `"name": "`, `"name": "../`, 1)
		}), [][]expected{fine("list"), refused(4, ".head", "token", "refresh --force")}},
		{"a file where the folder should be", func(b *bench) {
			if err := errors.Join(os.RemoveAll(b.state()), os.WriteFile(b.state(), nil, 0o600)); err != nil {
				b.t.Fatal(err)
			}
		}, [][]expected{refused(4, "/tui/state", "list", "token", "refresh --all", "login", "rename work home", "remove work --yes", "log")}},
		{"store damaged", change("state/store.json", broken), [][]expected{
			fine("list"), refused(4, "store.json", "token", "refresh --force", "rename work home", "login", "remove work --yes"),
		}},
		{"store gone", gone("state/store.json"), [][]expected{
			fine("list"), refused(4, "store.json", "token", "refresh --force", "login", "login --account work"),
		}},
		{"store of a newer program", change("state/store.json", newer), [][]expected{
			fine("list"), refused(4, "newer hermes-tui", "token", "refresh --force", "rename work home", "login", "remove work --yes", "purge --yes"),
		}},
		{"store of another machine", change("state/store.json", elsewhere), [][]expected{
			fine("list", "token"), refused(4, "copied from another machine", "refresh --force", "login", "login --account work"),
		}},
		{"head damaged", change("state/acct/*.head", broken), [][]expected{
			fine("list"), refused(4, ".head", "token", "refresh --force", "rename work home", "remove work --yes", "login --account work"),
		}},
		{"head of a newer program", change("state/acct/*.head", newer), [][]expected{
			fine("list"), refused(4, "newer hermes-tui", "token", "refresh --force", "remove work --yes"),
		}},
		{"record damaged", change("state/acct/*.age", broken), [][]expected{
			fine("list"), refused(4, "stored tokens of this account are missing or damaged", "token", "refresh --force"),
		}},
		{"record gone", gone("state/acct/*.age"), [][]expected{
			fine("list"), refused(4, "stored tokens of this account are missing or damaged", "token", "refresh --force"),
		}},
		{"key damaged", change("data/key", broken), [][]expected{
			fine("list"), refused(4, "key file holds no age identity", "token", "refresh --force", "login"),
		}},
		{"key gone", gone("data/key"), [][]expected{fine("list"), refused(4, "key of the encrypted file keystore is missing", "token", "refresh --force", "login")}},
		{"account's lock unwritable", instead("state/acct/*.lock"), [][]expected{
			fine("list", "token"), refused(4, "could not write", "refresh --force", "remove work --yes"),
		}},
		{"pool's lock unwritable", instead("state/pool.lock"), [][]expected{fine("list", "token"), refused(4, "could not write", "rename work home")}},
		{"configuration is a folder", func(b *bench) { b.mkdir("tui/config/config.toml") }, [][]expected{refused(2, "config.toml", "list", "token", "login", "")}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := b.requests()
			tt.spoil(b)
			for _, group := range tt.want {
				for _, want := range group {
					r := b.run(strings.Fields(want.command)...)
					if r.code != want.code || want.code != 0 && (r.out != "" || !strings.Contains(r.err, want.says) || strings.Count(r.err, "\n") != 1) {
						t.Errorf("%q should end with %d and a sentence that says %q: %s", want.command, want.code, want.says, r)
					}
				}
			}
			if got := b.requests(); got != asked {
				t.Errorf("%d requests", got-asked)
			}
			whole.restore(t, filepath.Join(b.home, "tui"))
			if got := b.must("token"); got != token {
				t.Error("the account has another token than before")
			}
		})
	}
	b.must("refresh", "--force")
	if got := b.rotations(); got != 1 {
		t.Errorf("%d rotations, want the last one only", got)
	}
}

// TestNoHome holds that nothing is written to the root of the disk.
func TestNoHome(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.env = append(b.env, "HOME=", "HERMES_TUI_HOME=")
	for _, command := range []string{"list", "login", "token", ""} {
		if r := b.run(strings.Fields(command)...); r.code != 2 || !strings.Contains(r.err, "HERMES_TUI_HOME") {
			t.Errorf("%q without a home: %s", command, r)
		}
	}
}

// TestWindow_NoFolder: the window, too, says what is wrong in one sentence.
func TestWindow_NoFolder(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	if err := os.WriteFile(filepath.Join(b.mkdir("tui"), "state"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	x := b.session(160, 30, false, `hermes-tui; echo "ended with $?"`)
	x.match(`hermes-tui: could not write .*/tui/state: not a directory; check the folder's owner`)
	x.match(`ended with 4`)
}

// TestForeignHome: somebody uses sudo and keeps their HOME. What would change
// something says whose it is, and leaves no file behind that the owner could
// not read afterwards.
func TestForeignHome(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give files to another user")
	}
	const nobody = 65534
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	walk := func(visit func(path string, owner int)) {
		t.Helper()
		err := filepath.WalkDir(filepath.Join(b.home, "tui"), func(path string, d os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := d.Info()
			if err == nil {
				visit(path, int(info.Sys().(*syscall.Stat_t).Uid))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	walk(func(path string, _ int) {
		if err := os.Lchown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	})
	b.must("list")
	for _, command := range []string{"token", "refresh --force", "rename work home", "login", "login --account work", "remove work --yes", "purge --yes", "purge --yes --force", "keystore move keyring --yes"} {
		r := b.run(strings.Fields(command)...)
		if r.code != 2 || !strings.Contains(r.err, "belongs to another user (65534)") || !strings.Contains(r.err, "run hermes-tui as its owner") {
			t.Errorf("%q in another's home: %s", command, r)
		}
	}
	if r := b.run("doctor"); r.code != 1 || strings.Contains(r.out, "chown 0") {
		t.Errorf("doctor: %s", r)
	}
	x := b.session(250, 30, false, `hermes-tui; echo "ended with $?"`)
	x.match(`belongs to another user`)
	x.match(`ended with 2`)
	walk(func(path string, owner int) {
		if owner != nobody {
			t.Errorf("%s belongs to %d now", path, owner)
		}
	})
}
