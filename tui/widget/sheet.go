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
	gaps := h - len(s.Body) - 2
	if gaps >= 1 {
		lines = append(lines, "")
	}
	for i, line := range s.Body {
		if i < h-2 {
			lines = append(lines, cells.Blank(2+s.Edge)+line)
		}
	}
	if gaps >= 2 {
		lines = append(lines, "")
	}
	return append(lines, "  "+s.Keys)
}

// Room is how many lines the sheet likes to have.
func (s Sheet) Room(m *Common) int {
	if m.Low() {
		return len(s.Body) + 2
	}
	return len(s.Body) + 4
}
