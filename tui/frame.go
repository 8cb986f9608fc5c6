package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

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
