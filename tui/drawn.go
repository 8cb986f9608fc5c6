package tui

import tea "charm.land/bubbletea/v2"

// frame is a page as drawn: lines from the top, and where the terminal's own
// cursor stands (nil: hidden).
type frame struct {
	lines  []string
	cursor *tea.Cursor
}

func (f *frame) add(lines ...string) { f.lines = append(f.lines, lines...) }

// bottom puts lines at the foot of a window of h lines, over whatever is there.
func (f *frame) bottom(h int, lines ...string) {
	f.lines = f.lines[:min(len(f.lines), max(h-len(lines), 0))]
	for len(f.lines) < h-len(lines) {
		f.lines = append(f.lines, "")
	}
	f.add(lines...)
}

// cursorAt is the terminal's cursor at rest on a place of the screen.
func cursorAt(x, y int) *tea.Cursor {
	c := tea.NewCursor(x, y)
	c.Shape, c.Blink = tea.CursorUnderline, false
	return c
}
