//go:build unix

package main_test

import (
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestLogin_Terminal: at a terminal the code stands apart and is counted down, the QR
// is there where it was asked for, and which provider is meant is asked once there are
// accounts of several.
func TestLogin_Terminal(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.env = append(b.env, "TERM=xterm-256color", "LANG=C.UTF-8")
	x := open(t, b.command(t.Context(), "login", "minimax", "--no-browser", "--label", "work", "--qr"), 100, 45, true)
	x.match(`shows the code: *\n\n +[A-Z]{4}-\d{4} *\n`)
	x.match(`[▀▄█]{3}`)
	x.match(`expires in \d+m \d\ds\.`)
	x.writes(`(?s)expires in .*\rWaiting for approval; the code expires in `) // a second later
	b.approve()
	x.match(`Signed in: work`)
	_ = x.cmd.Wait()
	<-x.done
	if n := strings.Count(x.written(), "\rWaiting"); n < 1 || x.cmd.ProcessState.ExitCode() != 0 {
		t.Errorf("counted %d times, ended with %d", n, x.cmd.ProcessState.ExitCode())
	}
	x = open(t, b.command(t.Context(), "login", "minimax", "--no-browser", "--label", "narrow"), 40, 30, true)
	x.writes(`\rthe code expires in \d+m \d\ds\. *\rthe code expires`)
	b.approve()
	x.match(`Signed in: narrow`)
	_ = x.cmd.Wait()
	<-x.done
	key := b.command(t.Context(), "login", "xai", "--api-key", "--label", "grok")
	key.Stdin = strings.NewReader("xai-test-key-000001\n")
	if out, err := key.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	x = open(t, b.command(t.Context(), "login", "--no-browser", "--label", "spare"), 100, 30, true)
	x.match(`1  MiniMax\s+2  xAI\s+Sign in at which provider\? \[1\]`)
	x.press("\r")
	b.approve()
	x.match(`Signed in: spare \(MiniMax`)
}
