package tui

import (
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// paragraph wraps sentences into styled lines.
func paragraph(text string, w int, ink style.Ink) []string {
	var lines []string
	for _, line := range cells.Wrap(text, min(w, 76)) {
		lines = append(lines, ink.Render(line))
	}
	return lines
}

// complaint is what is wrong with what was typed, and what to do, in lines of w
// cells.
func (m *common) complaint(text string, w int) []string {
	lines := paragraph(text, w-2, m.theme.Plain.Fg)
	for i, line := range lines {
		mark := " "
		if i == 0 {
			mark = m.theme.Plain.Bad.Render(m.glyphs.Bad)
		}
		lines[i] = mark + " " + line
	}
	return lines
}
