//go:build unix

package main_test

import (
	"bufio"
	"encoding/json"
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
