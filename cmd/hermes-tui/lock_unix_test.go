//go:build unix

package main_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// with runs a command with an input.
func (b *bench) with(input string, args ...string) result {
	b.t.Helper()
	p := &process{Cmd: exec.Command(binary, args...), cancel: func() {}}
	p.Env, p.Dir, p.Stdin, p.Stdout, p.Stderr = b.env, b.home, strings.NewReader(input), &p.out, &p.err
	if err := p.Start(); err != nil {
		b.t.Fatal(err)
	}
	return p.end(b.t)
}

// A proxy and a command use the keystore while it is unlocked, drop what they
// have when it is locked, and go on when it is unlocked again.
func TestLock(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	const passphrase = "correct horse"
	if got := b.run("lock"); got.code != 2 || !strings.Contains(got.err, "has no passphrase") {
		t.Errorf("a key without a passphrase: %s", got)
	}
	sealKey(t, filepath.Join(b.home, "tui", "data", "key"), passphrase)
	if got := b.run("token"); got.code != 4 || !strings.Contains(got.err, "hermes-tui unlock") {
		t.Errorf("nobody was asked: %s", got)
	}
	if got := b.with("wrong\n", "unlock", "--stdin"); got.code != 4 || strings.Contains(got.String(), "wrong\n") {
		t.Errorf("a wrong passphrase: %s", got)
	}
	unlock := func() {
		t.Helper()
		switch got := b.with(passphrase+"\n", "unlock", "--stdin", "--for", "10m"); {
		case got.code == 4 && strings.Contains(got.err, "nothing here can hold"):
			t.Skip("neither the kernel nor a keyring holds a key here")
		case got.code != 0 || !strings.Contains(got.out, "Unlocked until "):
			t.Fatal(got)
		}
	}
	unlock()
	t.Cleanup(func() { b.run("lock") })
	token := b.must("token")
	s := b.serve()
	asks := func(want int) {
		t.Helper()
		if got := b.do(b.message(s.url, s.key, "/anthropic")); got.status != want || want == 503 && !strings.Contains(got.body, "hermes-tui unlock") {
			t.Errorf("the proxy: %+v, want %d", got, want)
		}
	}
	asks(200)
	b.must("lock")
	asks(503)
	if got := b.run("token"); got.code != 4 || !strings.Contains(got.err, "was locked at") {
		t.Errorf("after the lock: %s", got)
	}
	if got := b.account()["state"]; got != "locked" {
		t.Errorf("the account's state is %v", got)
	}
	unlock()
	asks(200)
	if got := b.must("token"); got != token {
		t.Error("locking has changed the token")
	}
	if got := b.account()["state"]; got != "ok" {
		t.Errorf("the account's state is %v", got)
	}
}
