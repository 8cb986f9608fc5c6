//go:build unix

package main_test

import (
	"bufio"
	"context"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// others are what can stand in the place of a file: opened, most of them never
// end.
var others = map[string]func(path string) error{
	"pipe":   func(path string) error { return syscall.Mkfifo(path, 0o600) },
	"folder": func(path string) error { return os.Mkdir(path, 0o700) },
	"device": func(path string) error { return os.Symlink("/dev/zero", path) },
	"socket": func(path string) error {
		l, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
		if err == nil {
			l.SetUnlinkOnClose(false)
			err = l.Close()
		}
		return err
	},
	"giant": func(path string) error {
		file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_ = file.Close()
		return os.Truncate(path, 1<<40) // a hole: it takes no space
	},
}

// looksAt are the commands that meet every file; serve is one more.
var looksAt = []string{"list", "status", "token", "refresh --all", "log", "doctor"}

// serves runs the proxy until it is ready, if it ever is, and ends it.
func (b *bench) serves(args ...string) result {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	p := &process{Cmd: b.command(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...), cancel: cancel}
	p.Stderr = &p.err
	out, err := p.StdoutPipe()
	if err == nil {
		err = p.Start()
	}
	if err != nil {
		b.t.Fatal(err)
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "Its key: ") {
			_ = p.Process.Signal(syscall.SIGINT)
		}
	}
	r := p.end(b.t)
	if r.code == 130 {
		r.code = 0
	}
	return r
}

// TestNotAFile puts a pipe, a folder, a device, a socket and a file without end in
// the place of each file. Every command ends by itself: it works, where it needs
// no such file, or it names the file in one sentence.
func TestNotAFile(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		place   string   // below the home; * is whatever is there
		code    int      // of the commands that need it
		needs   []string // commands that must not work without it
		may     []string // commands that may work or not: by what stands there
		serve   []string // arguments of serve
		setting string   // variable that names the file
	}{
		{place: "tui/state/store.json", code: 4, needs: []string{"token", "refresh --all", "doctor", "serve"}},
		{place: "tui/state/pool.json", code: 1, may: []string{"doctor"}},
		{place: "tui/state/pool.json.bak", code: 1, may: []string{"doctor"}},
		{place: "tui/state/acct/*.head", code: 4, needs: []string{"token", "refresh --all", "doctor"}, may: []string{"serve"}},
		{place: "tui/data/key", code: 4, needs: []string{"token", "refresh --all", "doctor", "serve"}},
		{place: "tui/state/acct/*.age", code: 4, needs: []string{"token", "refresh --all"}, may: []string{"doctor", "serve"}},
		{place: "tui/state/usage.json", code: 1, may: []string{"doctor"}},
		{place: "tui/state/history/*.jsonl", code: 4, may: []string{"log", "doctor"}},
		{place: "tui/state/pool.lock", code: 4, may: []string{"token", "refresh --all", "doctor", "serve"}},
		{place: "tui/state/store.lock", code: 4, may: []string{"token", "refresh --all", "doctor", "serve"}},
		{place: "tui/state/acct/*.lock", code: 4, needs: []string{"refresh --all"}, may: []string{"token", "doctor", "serve"}},
		{place: "tui/config/config.toml", code: 2, needs: []string{"list", "status", "token", "refresh --all", "log", "doctor", "serve"}},
		{place: "ca.pem", code: 2, setting: "HERMES_TUI_CA_BUNDLE", needs: []string{"token", "refresh --all", "serve"}, may: []string{"list", "status", "log", "doctor"}},
		{place: ".hermes/auth.json", code: 4, may: []string{"doctor"}},
		{place: "tls.key", code: 2, needs: []string{"serve"}, serve: []string{"--tls-cert", "tls.key", "--tls-key", "tls.key"}},
	} {
		t.Run(tc.place, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{AutoApprove: 1, AccessTTL: 2 * limit})
			b.must("login", "minimax", "--no-browser", "--label", "work")
			b.must("token")
			b.must("rename", "work", "work") // there is a backup now
			path := filepath.Join(b.home, tc.place)
			if strings.Contains(path, "*") {
				found, _ := filepath.Glob(path)
				found = slices.DeleteFunc(found, func(p string) bool { return strings.Contains(p, "proxy-key") })
				if len(found) == 0 {
					t.Fatalf("nothing is at %s", path)
				}
				path = found[0]
			} else if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			if tc.setting != "" {
				b.env = append(b.env, tc.setting+"="+path)
			}
			kept := filepath.Join(b.home, "kept")
			name := filepath.Base(path)
			if account, ok := strings.CutSuffix(name, ".age"); ok {
				name, _, _ = strings.Cut(account, ".") // a damaged secret names its account
			}
			there := os.Rename(path, kept) == nil
			for what, put := range others {
				if what == "giant" && strings.HasSuffix(path, ".lock") {
					continue // nothing is read of a lock
				}
				for _, command := range append(slices.Clone(looksAt), "serve") {
					if err := os.RemoveAll(path); err != nil {
						t.Fatal(err)
					}
					if err := put(path); err != nil {
						t.Fatal(err)
					}
					var r result
					if command == "serve" {
						r = b.serves(tc.serve...)
					} else {
						r = b.run(strings.Fields(command)...)
					}
					code, says := tc.code, r.err
					if command == "doctor" && tc.code != 2 {
						code, says = 1, r.out
					}
					needed, may := slices.Contains(tc.needs, command), slices.Contains(tc.may, command)
					switch {
					case r.code == 0 && !needed:
					case r.code != code || !needed && !may:
						t.Errorf("%s: %s: %s", what, command, r)
					case !strings.Contains(says, name) && !strings.Contains(says, "login --account work") || command != "doctor" && strings.Count(r.err, "\n") != 1:
						t.Errorf("%s: %s does not name the file in one sentence: %s", what, command, r)
					}
				}
			}
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			if there {
				if err := os.Rename(kept, path); err != nil {
					t.Fatal(err)
				}
			}
			if tc.setting == "" {
				b.must("token")
			}
		})
	}
}
