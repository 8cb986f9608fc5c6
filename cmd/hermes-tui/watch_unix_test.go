//go:build unix

package main_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestWatch_Terminal: a listing is redrawn in place as things change, follows the size
// of the terminal, and leaves the terminal as it found it, with what was seen last.
func TestWatch_Terminal(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	for _, args := range [][]string{{"list"}, {"status"}, {"log"}} {
		x := open(t, b.command(t.Context(), append(args, "--watch")...), 100, 12, true)
		x.match(`work `)
		b.must("pause", "work")
		x.match(`paused`)
		x.resize(40, 10)
		x.match(`work `)
		b.must("resume", "work")
		if args[0] == "log" {
			x.match(`resumed`)
		} else {
			x.match(`● ok`)
		}
		x.press("\x03")
		_ = x.cmd.Wait()
		<-x.done
		written := x.written()
		if code := x.cmd.ProcessState.ExitCode(); code != 130 {
			t.Errorf("%v ended with %d", args, code)
		}
		_, after, left := strings.Cut(written, "\x1b[?25h\x1b[?1049l")
		if !left || !strings.Contains(after, "work") || strings.Contains(after, "\x1b[H") {
			t.Errorf("%v left the terminal with %q", args, after)
		}
		if strings.Contains(written, "\x1b[2J") || strings.Count(written, "\x1b[?2026h") != strings.Count(written, "\x1b[?2026l") {
			t.Errorf("%v is blank between two frames, or does not end one", args)
		}
	}
}

// TestWatch_Pipe: a program is told each account once, and again when it has changed,
// one object a line.
func TestWatch_Pipe(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	b.signIn("--label", "spare")
	for _, command := range []string{"list", "status", "log"} {
		cmd := b.command(t.Context(), command, "--watch", "--json")
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		next := func() (row struct{ Label, State, Event string }) {
			t.Helper()
			if !lines.Scan() {
				t.Fatalf("%s ended: %v", command, lines.Err())
			}
			if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
				t.Fatalf("%s: %v in %q", command, err, lines.Text())
			}
			return row
		}
		seen := []string{next().Label, next().Label}
		if seen[0] == seen[1] {
			t.Errorf("%s begins with %v", command, seen)
		}
		b.rest("spare", pool.Refusal{Status: 429, ResetAt: time.Now().Add(time.Hour)})
		b.must("pause", "work")
		for row := next(); ; row = next() {
			if row.Label == "work" && (row.State == "paused" || row.Event == "paused") {
				break
			}
		}
		b.must("pool", "reset", "spare")
		b.must("resume", "work")
		_ = cmd.Process.Signal(syscall.SIGTERM)
		for lines.Scan() {
		}
		_ = cmd.Wait()
		if code := cmd.ProcessState.ExitCode(); code != 143 {
			t.Errorf("%s ended with %d", command, code)
		}
	}
}

// TestWatch_WithoutWritingOver: where a terminal cannot be written over, or nobody sees it
// so, rows come as in a pipe; --short stays one line; a listing that cannot be read ends
// with its error.
func TestWatch_WithoutWritingOver(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	for _, args := range [][]string{{"--plain", "list", "--watch"}, {"--plain", "log", "--watch"}} {
		x := open(t, b.command(t.Context(), args...), 100, 12, true)
		x.match(`work `)
		x.press("\x03")
		_ = x.cmd.Wait()
		<-x.done
		if written := x.written(); strings.Contains(written, "\x1b") || strings.Contains(written, "ACCOUNT") {
			t.Errorf("%v wrote %q", args, written)
		}
	}
	out, err := b.watched("status", "--short", "--watch")
	if err != nil {
		t.Fatal(err)
	}
	if line := <-out; line != "●1" {
		t.Errorf("--short: %q", line)
	}
	b.must("pause", "work")
	if line := <-out; line != "‖1" {
		t.Errorf("--short: %q", line)
	}
	heads, list := filepath.Join(b.state(), "acct"), filepath.Join(b.state(), "pool.json")
	if err := errors.Join(os.Rename(heads, heads+".kept"), os.WriteFile(heads, nil, 0o600), os.Remove(list)); err != nil {
		t.Fatal(err)
	}
	if list, r := b.run("list"), b.run("status", "--watch"); r.code != list.code || r.code == 0 || r.err != list.err {
		t.Errorf("accounts that cannot be read: %s, but list %s", r, list)
	}
}

// watched are the lines of a command that goes on.
func (b *bench) watched(args ...string) (<-chan string, error) {
	cmd := b.command(b.t.Context(), args...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	lines := make(chan string)
	b.t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	go func() {
		for scan := bufio.NewScanner(out); scan.Scan(); {
			lines <- scan.Text()
		}
	}()
	return lines, cmd.Start()
}

// TestWatch_Stops: ctrl+z leaves the screen to the shell, and what goes on takes it
// again; the last events of a log are those that are seen.
func TestWatch_Stops(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	for range 6 {
		b.must("pause", "work")
		b.must("resume", "work")
	}
	b.must("rename", "work", "office")
	b.must("pause", "office")
	x := open(t, b.command(t.Context(), "log", "-n", "50", "--watch"), 100, 8, true)
	x.match(`paused`)
	x.resize(100, 5)
	x.match(`(?s)resumed.*paused +[^\n]*\n*$`)
	_ = x.cmd.Process.Signal(syscall.SIGTSTP)
	x.writes(`(?s)\x1b\[\?25h\x1b\[\?1049l.*\x1b\[\?1049h\x1b\[\?25l.*paused`)
	x.press("\x03")
	_ = x.cmd.Wait()
	<-x.done
	if written := x.written(); strings.Contains(written, "\x1b[K") {
		t.Error("the last character of a full line is erased")
	}
}

// TestStatusCheck: without a name the pool that is worst off counts, with one that one.
func TestStatusCheck(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	if r := b.run("status", "--check"); r.code != 3 {
		t.Errorf("without accounts: %s", r)
	}
	b.signIn("--label", "work")
	cmd := b.command(t.Context(), "login", "xai", "--api-key", "--label", "grok")
	cmd.Stdin = strings.NewReader("xai-test-key-000001\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	codes := func(want map[string]int) {
		t.Helper()
		for args, code := range want {
			if r := b.run(append([]string{"status", "--check"}, strings.Fields(args)...)...); r.code != code {
				t.Errorf("status --check %s ended with %d, not %d: %s%s", args, r.code, code, r.out, r.err)
			}
		}
	}
	codes(map[string]int{"": 0, "work": 0, "--pool xai": 0, "--pool minimax --short": 0, "--pool nobody": 2, "work --pool xai": 2})
	b.rest("grok", pool.Refusal{Status: 429, ResetAt: time.Now().Add(time.Hour)})
	codes(map[string]int{"": 6, "work": 0, "grok": 6, "--pool xai": 6, "--pool minimax": 0})
	b.portal.RevokeAll()
	b.run("refresh", "work", "--force")
	codes(map[string]int{"": 3, "work": 3, "--short": 3, "--pool xai": 6, "--pool minimax": 3})
	b.must("pool", "reset")
	codes(map[string]int{"": 3, "--pool xai": 0})
}
