package tui

import (
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// sheetText is a sheet as text: the titled rule, what it says, and its keys.
type sheetText struct {
	title string
	ink   style.Ink // of the title and its rule
	body  []string  // styled, without the left edge
	keys  string
	edge  int // by how much the body stands further right than the keys
}

// draw sets the sheet into h lines. Blank lines go first, then the end of the
// body; title and keys stay.
func (s sheetText) draw(m *common, w, h int) []string {
	lines := []string{m.rule(m.glyphs.Thick, s.ink.Render, s.ink.Render, s.title, "", w)}
	gaps := h - len(s.body) - 2
	if gaps >= 1 {
		lines = append(lines, "")
	}
	for i, line := range s.body {
		if i < h-2 {
			lines = append(lines, cells.Blank(2+s.edge)+line)
		}
	}
	if gaps >= 2 {
		lines = append(lines, "")
	}
	return append(lines, "  "+s.keys)
}

// room is how many lines the sheet likes to have.
func (s sheetText) room(m *common) int {
	if m.low() {
		return len(s.body) + 2
	}
	return len(s.body) + 4
}
