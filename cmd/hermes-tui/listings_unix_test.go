//go:build unix

package main_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestListings: on a terminal no line of a listing is wider than the terminal, whatever
// it is about; in a pipe every row has the same cells, whole, and no heading.
func TestListings(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	label := "somebody.with.a.long.name@department.company.example"
	b.signIn("--label", label)
	b.must("usage")
	if r := b.run("key", "add", "editor", "--account", label); r.code != 0 {
		t.Fatal(r)
	}
	x := open(t, b.command(t.Context(), "pool", "show"), 80, 30, true)
	x.writes(`MiniMax \(minimax-oauth/global\): fill_first; plans left: 5h \d\.\d of 1, week `)
	b.portal.RevokeAll()
	b.run("refresh", "--force") // it is quarantined, which has long sentences
	for _, command := range []string{"list", "status", "pool show", "key list", "log", "usage --known", "keystore show"} {
		args := strings.Fields(command)
		for _, columns := range []int{40, 80} {
			x := open(t, b.command(t.Context(), args...), columns, 60, true)
			_ = x.cmd.Wait()
			<-x.done
			for line := range strings.Lines(x.written()) {
				// Advice is a sentence, which the terminal may break.
				if w := ansi.StringWidth(strings.TrimRight(line, "\r\n")); w > columns && !strings.Contains(line, "hermes-tui login") {
					t.Errorf("%s at %d columns: a line takes %d: %q", command, columns, w, line)
				}
			}
		}
		if command == "status" || command == "keystore show" {
			continue // facts, not rows
		}
		cells := 0
		for line := range strings.Lines(b.run(args...).out) {
			n := strings.Count(line, "\t")
			if cells == 0 {
				cells = n
			}
			if n == 0 || n != cells || strings.Contains(line, "…") || regexp.MustCompile(`^[A-Z]+\t`).MatchString(line) {
				t.Errorf("%s in a pipe: %q", command, line)
			}
		}
	}
}
