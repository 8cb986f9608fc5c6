// Package tabletest compares a table with how it was looked at once, at five widths
// and in a pipe.
package tabletest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/table"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// Golden compares byte by byte. Make returns the table for a terminal, or for a
// pipe. No line may be wider than its terminal, and none ends with blanks.
func Golden(t *testing.T, make func(piped bool) *table.Table) {
	t.Helper()
	var all strings.Builder
	for _, columns := range []int{40, 60, 80, 100, 200} {
		look := table.Look{Columns: columns, Inks: &style.Inks{}, Glyphs: style.NewGlyphs(false)}
		lines := make(false).Lines(look)
		for line := range strings.Lines(lines) {
			line = strings.TrimSuffix(line, "\n")
			if w := ansi.StringWidth(line); w > columns || strings.HasSuffix(line, " ") {
				t.Errorf("at %d columns a line takes %d: %q", columns, w, line)
			}
		}
		fmt.Fprintf(&all, "%d columns\n%s\n", columns, lines)
	}
	fmt.Fprintf(&all, "pipe\n%s", make(true).Lines(table.Look{Glyphs: style.NewGlyphs(false)}))
	golden.RequireEqual(t, []byte(all.String()))
}
