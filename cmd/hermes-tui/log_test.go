package main_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestLog asks why an account was signed out.
func TestLog(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.empty("Nothing has happened here yet.\n", "log")
	b.signIn()
	b.must("refresh")
	b.portal.RevokeAll()
	if got := b.run("refresh", "--force"); got.code != 3 {
		t.Fatalf("refresh of a revoked grant: %s", got)
	}
	lines := strings.Split(strings.TrimSpace(b.must("log", "minimax")), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines, want 3 events:\n%s", len(lines), strings.Join(lines, "\n"))
	}
	for i, want := range []string{"\tsigned in\tlogin (", "\trefreshed\trefresh (", "\tquarantined\trefresh ("} {
		if !strings.HasPrefix(lines[i], "minimax\t") || !strings.Contains(lines[i], want) {
			t.Errorf("line %d says %q, want %q in it", i, lines[i], want)
		}
	}
	if !strings.Contains(lines[2], "invalid_grant") {
		t.Errorf("no reason: %q", lines[2])
	}
	var events []struct {
		Account, Label, Event, Program string
		At                             time.Time
	}
	b.decode(b.must("log", "--json", "--lines", "1"), &events)
	if len(events) != 1 || events[0].Account != b.id || events[0].Label != "minimax" || events[0].Event != "quarantined" ||
		events[0].Program != "refresh" || events[0].At.IsZero() {
		t.Errorf("%+v", events)
	}
	if got := b.run("log", "nobody"); got.code != 2 {
		t.Errorf("a name that nobody has: %s", got)
	}
	b.must("remove", "minimax", "--yes")
	if out := b.must("log", b.id); !strings.Contains(out, "removed") {
		t.Errorf("a removed account's history:\n%s", out)
	}
}
