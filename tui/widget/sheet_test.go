package widget

import (
	"slices"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/tui/style"
)

// The body begins where BodyAt says, however much room there is.
func TestSheet_BodyAt(t *testing.T) {
	m := &Common{Glyphs: style.NewGlyphs(true), Width: 80, Height: 24}
	s := Sheet{Title: "Rename", Body: []string{"first", "second"}, Keys: "esc"}
	for h := 3; h < 10; h++ {
		lines := s.Draw(m, 80, h)
		at := slices.IndexFunc(lines, func(line string) bool { return ansi.Strip(line) == "  first" })
		if at != s.BodyAt(h) || len(lines) > h {
			t.Errorf("in %d lines the body begins at %d, not at %d, of %q", h, at, s.BodyAt(h), lines)
		}
	}
}
