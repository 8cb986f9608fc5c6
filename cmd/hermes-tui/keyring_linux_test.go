package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/secretservicetest"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// withKeyring lets the bench's commands find a Secret Service of its own.
func (b *bench) withKeyring() *secretservicetest.Service {
	b.t.Helper()
	s := secretservicetest.Start(b.t)
	b.env = append(b.env, "HERMES_TUI_KEYSTORE=", "DBUS_SESSION_BUS_ADDRESS="+s.Bus())
	return s
}

// sealed are the records of the file keystore.
func (b *bench) sealed() []string {
	b.t.Helper()
	found, err := filepath.Glob(filepath.Join(b.state(), "acct", "*.age"))
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// TestLifeInKeyring walks an account through its life in a real Secret Service,
// with tokens that need one item, two, and many.
func TestLifeInKeyring(t *testing.T) {
	for _, size := range []int{1_000, 3_000, 20_000} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{TokenLength: size})
			w, s := b.tap(), b.withKeyring()
			in := func(kind string, items bool, files int) {
				t.Helper()
				if got := b.account()["keystore"]; got != kind {
					t.Errorf("the account is in %v, want %s", got, kind)
				}
				if n := s.Items("hermes-tui"); (n > 0) != items {
					t.Errorf("%d items in the keyring", n)
				}
				if got := len(b.sealed()); got != files {
					t.Errorf("%d sealed files, want %d", got, files)
				}
				for _, dir := range []string{b.home, s.Home()} {
					if found := w.leaks(t, dir); len(found) > 0 {
						t.Errorf("a secret stands in %v", found)
					}
				}
			}
			if out := b.signIn(); !strings.Contains(out, "Its tokens are in: Secret Service") {
				t.Errorf("login: %s", out)
			}
			in("keyring", true, 0)
			s.StartKeyring() // a new login: what was stored is on disk
			first := b.must("token")
			if !w.saw(strings.TrimSpace(first)) || len(first) < size {
				t.Fatalf("a token of %d bytes that the wire did not see", len(first))
			}
			if out := b.must("refresh", "--log-level", "info"); !strings.Contains(out, "refreshed") {
				t.Errorf("refresh: %s", out)
			}
			second := b.must("token")
			if second == first {
				t.Error("the token after the refresh is the old one")
			}
			b.must("keystore", "move", "file", "--yes")
			in("file", false, 1)
			if b.must("token") != second {
				t.Error("the move to files changed the token")
			}
			b.must("refresh", "--force")
			third := b.must("token")
			b.must("keystore", "move", "keyring", "--yes")
			in("keyring", true, 0)
			if b.must("token") != third {
				t.Error("the move back changed the token")
			}
			b.must("remove", "minimax", "--yes")
			if n := s.Items("hermes-tui"); n != 0 {
				t.Errorf("%d items stay in the keyring", n)
			}
			if got := b.rotations(); got != 2 || w.count() < 7 {
				t.Errorf("%d rotations, want 2; %d secrets went over the wire", got, w.count())
			}
		})
	}
}

// TestRemovedWhileLocked: an account that is removed while the keyring is locked
// is gone, and it is said that its secrets are not. doctor counts them, and the
// next command that opens the keyring deletes them.
func TestRemovedWhileLocked(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	s := b.withKeyring()
	b.signIn("--label", "home")
	b.signIn("--label", "work")
	one := s.Items("hermes-tui") / 2
	s.Lock()
	r := b.run("remove", "home", "--yes")
	if r.code != 4 || !strings.Contains(r.err, "the account is removed, but its secrets are not deleted yet") {
		t.Errorf("remove: %s", r)
	}
	if out := b.must("list"); strings.Contains(out, "home") || !strings.Contains(out, "work") {
		t.Errorf("list: %s", out)
	}
	if out := b.run("doctor").out; !strings.Contains(out, "1 account has a change that was interrupted, or tokens still to be deleted") {
		t.Errorf("doctor: %s", out)
	}
	s.StartKeyring()
	if n := s.Items("hermes-tui"); n != 2*one {
		t.Fatalf("%d items: nothing was left behind, so the test proves nothing", n)
	}
	b.must("token")
	if n := s.Items("hermes-tui"); n != one {
		t.Errorf("%d items after the next command, want %d", n, one)
	}
	if out := b.run("doctor").out; !strings.Contains(out, "nothing was left behind") {
		t.Errorf("doctor: %s", out)
	}
}

// TestPurgeByItems: whatever the keyring has of this store is deleted, though no
// record names it; what it has of another store stays.
func TestPurgeByItems(t *testing.T) {
	t.Parallel()
	b, other := newBench(t, sandbox.Options{}), newBench(t, sandbox.Options{})
	s := b.withKeyring()
	other.env = append(other.env, "HERMES_TUI_KEYSTORE=", "DBUS_SESSION_BUS_ADDRESS="+s.Bus())
	b.signIn()
	mine := s.Items("hermes-tui")
	other.signIn()
	for _, name := range []string{"acct", "pool.json", "pool.json.bak"} {
		if err := os.RemoveAll(filepath.Join(b.state(), name)); err != nil {
			t.Fatal(err)
		}
	}
	b.must("purge", "--yes")
	if n := s.Items("hermes-tui"); n == 0 || n > mine {
		t.Errorf("%d items are left, want those of the other store alone", n)
	}
	other.must("token")
}

// TestPurgeWhileLocked: nothing is deleted while the keyring is locked, unless
// it is forced; then it is said what stays.
func TestPurgeWhileLocked(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	s := b.withKeyring()
	b.signIn("--label", "one")
	s.Lock()
	if r := b.run("purge", "--yes"); r.code != 4 || !strings.Contains(r.err, "locked") {
		t.Errorf("purge: %s", r)
	}
	if out := b.must("purge", "--yes", "--force"); !strings.Contains(out, "still in it, under the name hermes-tui") {
		t.Errorf("purge --force: %s", out)
	}
	if _, err := os.Stat(b.state()); !os.IsNotExist(err) {
		t.Errorf("the state folder is still there: %v", err)
	}
	if n := s.Items("hermes-tui"); n == 0 {
		t.Error("nothing stayed, so the test proves nothing")
	}
}

// TestLockedKeyring: nothing is lost and nothing is sent while the keyring is
// locked or gone, and listing works all the same.
func TestLockedKeyring(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	s := b.withKeyring()
	b.signIn()
	token := b.must("token")
	asked := b.requests()
	refused := func(why string, commands ...[]string) {
		t.Helper()
		for _, args := range commands {
			r := b.run(args...)
			if r.code != 4 || r.out != "" || !strings.Contains(r.err, why) || strings.Count(r.err, "\n") > 2 {
				t.Errorf("%v should end with 4 and say %q: %s", args, why, r)
			}
		}
		b.run("list") // what to do stands on standard error
		if got := b.requests(); got != asked {
			t.Errorf("%d requests", got-asked)
		}
	}
	s.Lock()
	refused("locked", []string{"token"})
	if got := b.account()["state"]; got != "locked" {
		t.Errorf("state %v after a token was not to be had, want locked", got)
	}
	refused("locked", []string{"refresh", "--force"}, []string{"login"}, []string{"keystore", "move", "file", "--yes"})
	if got := b.account()["state"]; got != "locked" {
		t.Errorf("state %v, want locked", got)
	}
	s.StartKeyring()
	if b.must("token") != token {
		t.Error("the token after the unlock is another")
	}
	if got := b.account()["state"]; got != "ok" {
		t.Errorf("state %v, want ok", got)
	}
	b.env = append(b.env, "DBUS_SESSION_BUS_ADDRESS=") // as over SSH
	refused("cannot be reached from here", []string{"token"}, []string{"refresh", "--force"}, []string{"login"})
	if len(b.sealed()) > 0 {
		t.Error("something was written into files")
	}
	if _, err := os.Stat(filepath.Join(b.home, "tui", "data", "key")); err == nil {
		t.Error("a key for files was made")
	}
}
