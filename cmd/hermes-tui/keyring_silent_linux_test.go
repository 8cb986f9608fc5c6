package main_test

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestSilentKeyring: a keyring that is stopped costs each command one deadline
// of 5 seconds, however often the command needs it, and each says so.
func TestSilentKeyring(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	s := b.withKeyring()
	b.signIn("--label", "work")
	b.signIn("--label", "home")
	if err := syscall.Kill(s.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(s.PID(), syscall.SIGCONT) })
	const most = 20 * time.Second // 5 for the keyring, and what a busy machine adds
	for _, c := range []struct {
		args string
		code int
		says string // empty where the keyring is not needed
	}{
		{"list", 0, ""},
		{"status", 0, ""},
		{"status --short", 0, "●2"},
		{"token work", 4, "did not answer in time"},
		{"refresh work --force", 4, "did not answer in time"},
		{"login", 4, "did not answer in time"},
		{"doctor", 1, "did not answer in time"},
		{"keystore move file --yes", 4, "did not answer in time"},
		{"remove home --yes", 4, "the account is removed, but its secrets are not deleted yet"},
	} {
		began := time.Now()
		r := b.run(strings.Fields(c.args)...)
		took := time.Since(began)
		t.Logf("%s: %v", c.args, took)
		if r.code != c.code || !strings.Contains(r.out+r.err, c.says) {
			t.Errorf("%s should end with %d and say %q: %s", c.args, c.code, c.says, r)
		}
		if took > most {
			t.Errorf("%s took %v", c.args, took)
		}
	}
}
