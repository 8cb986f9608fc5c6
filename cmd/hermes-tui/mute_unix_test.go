//go:build unix

package main_test

import (
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// mute runs a command in a terminal that never answers, and returns what it
// wrote, without its colours. Only a query could make it wait there, and only another
// escape code can be one.
func (b *bench) mute(typed string, args ...string) (written string, code int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := b.command(ctx, args...)
	cmd.Env = append(b.env, "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8", "SSH_TTY=/dev/nowhere")
	x := open(b.t, cmd, 100, 30, true)
	if typed != "" {
		x.match(`\[y/N\]`)
		x.press(typed)
	}
	<-x.done
	_ = cmd.Wait()
	return regexp.MustCompile(`\x1b\[[0-9;]*m`).ReplaceAllString(x.written(), ""), cmd.ProcessState.ExitCode()
}

// TestMuteTerminal holds that no command but the window sends a query to the
// terminal, or any other escape code but those of colours.
func TestMuteTerminal(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: 1})
	controls := regexp.MustCompile(`[\x05\x1b\x{9b}]`) // ENQ, ESC, CSI as one character
	plain := func(want int, typed string, args ...string) {
		t.Helper()
		text, code := b.mute(typed, args...)
		if code != want || text == "" && want != 0 || controls.MatchString(text) {
			t.Errorf("hermes-tui %v in a mute terminal: exit code %d, want %d, output %q", args, code, want, text)
		}
	}
	for _, line := range strings.Split(b.must("--help"), "\n") {
		if name := regexp.MustCompile(`^  ([a-z]+) {2,}[A-Z]`).FindStringSubmatch(line); name != nil {
			plain(0, "", name[1], "--help")
			plain(2, "", name[1], "--nonsense")
		}
	}
	for _, args := range [][]string{
		{"--help"}, {"--plain"}, {"list"}, {"login", "--label", "work"}, {"login", "--account", "work"}, {"login", "--json", "--label", "home"}, {"--plain"}, {"list"}, {"list", "--json"}, {"status"}, {"status", "--json"},
		{"token", "work"}, {"token", "--json"}, {"refresh", "work", "--force"}, {"refresh", "--all"}, {"rename", "work", "office"},
		{"log"}, {"pool", "show"}, {"pool", "strategy", "minimax", "random"}, {"pool", "reset"}, {"exec", "office", "--", "true"}, {"connect"}, {"connect", "env", "office"}, {"keystore", "show"}, {"version"}, {"man"}, {"completion", "bash"}, {"doctor"},
	} {
		plain(0, "", args...)
	}
	for _, args := range [][]string{{"remove", "office"}, {"purge"}} {
		plain(1, "n\r", args...)
	}
	plain(0, "y\r", "remove", "office")
	plain(2, "", "nonsense")
	plain(2, "", "token", "nobody")
	b.portal.RevokeAll()
	plain(3, "", "refresh", "--force")
	plain(0, "y\r", "purge")
}

// TestMuteWindow: the window asks for colours and size reports, and does not
// wait for the answers.
func TestMuteWindow(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: 1})
	x := b.session(100, 30, true, `hermes-tui; echo "ended with $?"; stty -a`)
	x.match(`No accounts yet`)
	x.press("a")
	x.match(`Where is the account`)
	x.press("\r")
	x.match(`Which MiniMax`)
	x.press("\r")
	x.match(`shall it be called`)
	x.press("\r")
	x.match(`● ok`)
	x.press("q")
	x.match(`ended with 0`)
	x.restored()
}
