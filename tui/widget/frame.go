package widget

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// Frame is a page as drawn: lines from the top, and where the terminal's own
// cursor stands (nil: hidden).
type Frame struct {
	Lines  []string
	Cursor *tea.Cursor
	Footed bool // the last line is the footer, whose keys can be clicked
}

func (f *Frame) Add(lines ...string) { f.Lines = append(f.Lines, lines...) }

// Bottom puts lines at the foot of a window of h lines, over whatever is there.
func (f *Frame) Bottom(h int, lines ...string) {
	f.Lines = f.Lines[:min(len(f.Lines), max(h-len(lines), 0))]
	for len(f.Lines) < h-len(lines) {
		f.Lines = append(f.Lines, "")
	}
	f.Add(lines...)
}

// Foot puts the footer at the foot of a window of h lines, and lines above it.
func (f *Frame) Foot(h int, footer string, above ...string) {
	f.Bottom(h, append(slices.Clone(above), "  "+footer)...)
	f.Footed = true
}

// CursorAt is the terminal's cursor at rest on a place of the screen.
func CursorAt(x, y int) *tea.Cursor {
	c := tea.NewCursor(x, y)
	c.Shape, c.Blink = tea.CursorUnderline, false
	return c
}
