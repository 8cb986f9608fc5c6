package main_test

import (
	"path/filepath"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestClosedTerminal_NoSignal: a window in a session of its own is sent no
// signal when its terminal goes. It ends all the same, and lets go of what only
// one window may hold.
func TestClosedTerminal_NoSignal(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	x := b.session(100, 30, false, `setsid --wait hermes-tui; true`)
	x.match(`● ok`)
	held := func() bool {
		lock, free, err := lockfile.Try(filepath.Join(b.state(), "auto.lock"))
		if err != nil {
			t.Fatal(err)
		}
		if free {
			_ = lock.Unlock()
		}
		return !free
	}
	b.until(held)
	if err := x.pty.Close(); err != nil {
		t.Fatal(err)
	}
	b.until(func() bool { return !held() })
}
