//go:build unix

package main_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// session starts a script with job control in a terminal. The program is
// hermes-tui there, at the bench's portal.
func (b *bench) session(columns, rows int, mute bool, script string, args ...string) *terminal {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*limit)
	b.t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "bash", append([]string{"-c", script, "bash"}, args...)...)
	cmd.Env = append(b.env, "TERM=xterm-256color", "LANG=C.UTF-8", "SSH_TTY=/dev/nowhere", // no browser
		"PATH="+strings.TrimSuffix(binary, "/hermes-tui")+":"+os.Getenv("PATH"))
	cmd.Dir = b.home
	return open(b.t, cmd, columns, rows, mute)
}

// rotatedOnce holds that one refresh was sent and kept, whatever befell the one
// who asked for it.
func (b *bench) rotatedOnce() {
	b.t.Helper()
	b.oneToken(b.together(3, "token", "--timeout", "30s"))
	s := b.portal.Stats().Refreshes
	if s.Total != 1 || s.Outcomes[sandbox.Reused] != 0 {
		b.t.Errorf("refreshes %+v, want one", s)
	}
	if gen := b.head().Gen; gen != 2 {
		b.t.Errorf("generation %d, want 2", gen)
	}
}

// TestSignalledWindow: the window is ended in the middle of a refresh. It gives
// the terminal back, finishes the refresh, and says by its exit code why it
// ended.
func TestSignalledWindow(t *testing.T) {
	for signal, want := range map[syscall.Signal]int{syscall.SIGHUP: 129, syscall.SIGTERM: 143, syscall.SIGINT: 130} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
			b.signIn()
			x := b.session(100, 30, false, `trap "" HUP; (trap - HUP; echo $BASHPID > pid; exec hermes-tui); echo "ended with $?"; stty -a`)
			x.match(`● ok`)
			letGo := b.hold()
			x.press("r")
			b.await(sandbox.KindRefresh, sandbox.Received)
			var pid int
			if text, err := os.ReadFile(b.home + "/pid"); err != nil {
				t.Fatal(err)
			} else if _, err := fmt.Sscan(string(text), &pid); err != nil {
				t.Fatal(err)
			}
			if err := syscall.Kill(pid, signal); err != nil {
				t.Fatal(err)
			}
			x.match(`finishing a refresh that must not be cut`)
			letGo()
			x.match(fmt.Sprintf(`ended with %d`, want))
			x.restored()
			b.rotatedOnce()
		})
	}
}

// TestSuspendedWindow: ctrl+z in the middle of a refresh. The window hands the
// terminal over when the token is stored, and comes back as it was.
func TestSuspendedWindow(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
	b.signIn()
	x := b.session(100, 30, false, `set -m; hermes-tui; echo "stopped with $?"; stty -a; read line; fg; echo "ended with $?"; stty -a`)
	x.match(`● ok`)
	letGo := b.hold()
	x.press("r")
	b.await(sandbox.KindRefresh, sandbox.Received)
	x.press("\x1a")
	x.match(`once the new token is stored`)
	letGo()
	x.match(`stopped with 1\d\d`)
	x.restored()
	b.rotatedOnce()
	x.press("\n")
	x.match(`● ok`)
	x.press("q")
	x.match(`ended with 0`)
	x.restored()
}

// TestSuspendedCommand: ctrl+z while `token` and `refresh` wait for the portal.
// The refresh goes on in its own process, and fg brings its outcome.
func TestSuspendedCommand(t *testing.T) {
	for _, command := range []string{"token", "refresh"} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
			b.signInExpired(5 * time.Minute)
			letGo := b.hold()
			x := b.session(100, 30, true, `set -m; hermes-tui "$@"; echo "stopped with $?"; read line; fg; echo "ended with $?"`, command)
			b.await(sandbox.KindRefresh, sandbox.Received)
			x.press("\x1a")
			x.match(`stopped with 1\d\d`)
			letGo()
			b.rotatedOnce()
			x.press("\n")
			x.match(`ended with 0`)
			x.match(map[string]string{"token": `sandbox-at-`, "refresh": `refreshed|nothing done`}[command])
		})
	}
}

// TestClosedTerminal: the terminal's window is closed in the middle of a
// refresh, so that nothing can be written any more either.
func TestClosedTerminal(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
	b.signIn()
	x := b.session(100, 30, false, `exec hermes-tui`)
	x.match(`● ok`)
	letGo := b.hold()
	x.press("r")
	b.await(sandbox.KindRefresh, sandbox.Received)
	if err := x.pty.Close(); err != nil {
		t.Fatal(err)
	}
	letGo()
	if err := x.cmd.Wait(); err == nil || x.cmd.ProcessState.ExitCode() != 129 {
		t.Errorf("the window ended with %v, want exit code 129", err)
	}
	b.rotatedOnce()
}
