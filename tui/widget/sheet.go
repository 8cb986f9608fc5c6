package widget

import (
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// Sheet is a sheet as text: the titled rule, what it says, and its keys.
type Sheet struct {
	Title string
	Ink   style.Ink // of the title and its rule
	Body  []string  // styled, without the left edge
	Keys  string
	Edge  int // by how much the body stands further right than the keys
}

// Draw sets the sheet into h lines. Blank lines go first, then the end of the
// body; title and keys stay.
func (s Sheet) Draw(m *Common, w, h int) []string {
	lines := []string{m.Rule(m.Glyphs.Thick, s.Ink.Render, s.Ink.Render, s.Title, "", w)}
	if s.BodyAt(h) > 1 {
		lines = append(lines, "")
	}
	for i, line := range s.Body {
		if i < h-2 {
			lines = append(lines, cells.Blank(2+s.Edge)+line)
		}
	}
	if s.gaps(h) >= 2 {
		lines = append(lines, "")
	}
	return append(lines, "  "+s.Keys)
}

// BodyAt is the line of Draw at which the body begins in h lines.
func (s Sheet) BodyAt(h int) int {
	if s.gaps(h) >= 1 {
		return 2
	}
	return 1
}

// gaps is how many of h lines the sheet leaves free.
func (s Sheet) gaps(h int) int { return h - len(s.Body) - 2 }

// Room is how many lines the sheet likes to have.
func (s Sheet) Room(m *Common) int {
	if m.Low() {
		return len(s.Body) + 2
	}
	return len(s.Body) + 4
}
