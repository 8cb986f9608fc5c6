package widget

import (
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// Paragraph wraps sentences into styled lines.
func Paragraph(text string, w int, ink style.Ink) []string {
	var lines []string
	for _, line := range cells.Wrap(text, min(w, 76)) {
		lines = append(lines, ink.Render(line))
	}
	return lines
}

// Complaint is what is wrong with what was typed, and what to do, in lines of w
// cells.
func (m *Common) Complaint(text string, w int) []string {
	lines := Paragraph(text, w-2, m.Theme.Plain.Fg)
	for i, line := range lines {
		mark := " "
		if i == 0 {
			mark = m.Theme.Plain.Bad.Render(m.Glyphs.Bad)
		}
		lines[i] = mark + " " + line
	}
	return lines
}
