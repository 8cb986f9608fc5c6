//go:build unix

package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/etcd/etcdtest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestFleet_WrongScheme: an etcd is asked by http:// that speaks TLS, or by https:// that
// does not. Whoever does so is told that, before there is a fleet and while there is one.
func TestFleet_WrongScheme(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		tls        bool
		into, from string
		what, cure string
	}{
		{"http at TLS", true, "https://", "http://", "it speaks TLS, and was asked by http://", "write https:// in place of http://"},
		{"https at none", false, "http://", "https://", "it speaks no TLS, and was asked by https://", "write http:// in place of https://"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			store := etcdtest.Start(t, 1, etcdtest.Options{TLS: c.tls})
			right := store.Endpoints()
			wrong := strings.Replace(right[0], c.into, c.from, 1)
			var files []string
			if c.tls {
				files = store.Files(t, "laptop").Args()
			}
			a := newBench(t, sandbox.Options{})
			a.signIn("--label", "work")
			if r := a.run(append([]string{"fleet", "init", "--host", "host-1", wrong}, files...)...); r.code != 4 || r.out != "" || !strings.Contains(r.err, c.what) || !strings.Contains(r.err, c.cure) {
				t.Errorf("init: %s", r)
			}
			a.found(append(right, files...))
			b := a.host()
			here := a.session(400, 40, false, `hermes-tui fleet invite; echo "ended with $?"`)
			code := here.match(`fleet join (\S+)`)[1]
			if r := b.run(append([]string{"fleet", "join", code, wrong}, files...)...); r.code != 4 || !strings.Contains(r.err, c.what) || !strings.Contains(r.err, c.cure) {
				t.Errorf("join: %s", r)
			}
			here.press("\x03")
			here.match(`ended with [1-9]`)
			if r := a.run("fleet", "reconnect", wrong); r.code != 4 || !strings.Contains(r.err, c.what) || !strings.Contains(r.err, c.cure) {
				t.Errorf("reconnect: %s", r)
			}

			path := filepath.Join(a.state(), "fleet.json")
			settings, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, []byte(strings.Replace(string(settings), right[0], wrong, 1)), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, args := range [][]string{{"token", a.id}, {"refresh", a.id, "--force"}, {"login", "minimax"}, {"fleet", "status"}} {
				r := a.run(args...)
				if strings.Count(r.err, c.what) != 1 || args[0] != "token" && (r.code != 4 || !strings.Contains(r.err, c.into) || !strings.Contains(r.err, "`hermes-tui fleet reconnect`")) {
					t.Errorf("%v: %s", args, r)
				}
			}
			a.must("fleet", "reconnect", right[0])
			a.must("refresh", a.id, "--force")
		})
	}
}
