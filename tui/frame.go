package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

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

// View implements [tea.Model].
func (m *Model) View() tea.View {
	f := m.frame()
	v := tea.NewView(strings.Join(f.lines, "\n"))
	v.AltScreen = true
	v.WindowTitle = m.title()
	v.Cursor = f.cursor
	v.MouseMode = m.mouseMode()
	m.outside(&v)
	v.KeyboardEnhancements.ReportEventTypes = true    // to tell a held key from pressed ones
	v.KeyboardEnhancements.ReportAlternateKeys = true // ctrl+c also where no key says c
	return v
}

// frame draws what is shown, never larger than the window.
func (m *Model) frame() frame {
	switch {
	case m.width <= 0 || m.height <= 0:
		return frame{}
	case m.tooSmall():
		text := fmt.Sprintf("window too small: needs %dx%d", minWidth, minHeight)
		if cells.Width(text) > m.width {
			text = fmt.Sprintf("needs %dx%d", minWidth, minHeight)
		}
		return frame{lines: []string{cells.Cut(text, m.width, m.glyphs.More)}}
	}
	f := m.top().view(m)
	f.lines = f.lines[:min(len(f.lines), m.height)]
	for i, line := range f.lines {
		if cells.Width(line) > m.width {
			f.lines[i] = cells.Cut(line, m.width, "")
		}
	}
	if f.cursor != nil && (f.cursor.X >= m.width || f.cursor.Y >= m.height) {
		f.cursor = nil
	}
	return f
}

// cursorAt is the terminal's cursor at rest on a place of the screen.
func cursorAt(x, y int) *tea.Cursor {
	c := tea.NewCursor(x, y)
	c.Shape, c.Blink = tea.CursorUnderline, false
	return c
}

// inner is how wide pages are drawn.
func (m *Model) inner() int { return min(m.width, maxWidth) }

// narrow says that the window has no room for columns with heads.
func (m *Model) narrow() bool { return m.width < 60 }

// low says that the window has no lines to spare.
func (m *Model) low() bool { return m.height < 20 }

// rule is a line across the page, with a title at its left and another at its
// right end.
func (m *Model) rule(glyph string, ink, titleInk func(...string) string, title, right string, w int) string {
	if title == "" {
		return ink(strings.Repeat(glyph, w))
	}
	tail := 1
	if right != "" {
		tail = cells.Width(right) + 3
	}
	title = cells.Cut(title, w-tail-5, m.glyphs.More)
	line := ink(glyph) + " " + titleInk(title) + " "
	if right == "" {
		return line + ink(strings.Repeat(glyph, max(w-cells.Width(title)-3, 0)))
	}
	return line + ink(strings.Repeat(glyph, max(w-cells.Width(title)-3-cells.Width(right)-3, 0))) +
		" " + m.theme.Plain.Muted.Render(right) + " " + ink(glyph)
}
