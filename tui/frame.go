package tui

import (
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// View implements [tea.Model].
func (m *Model) View() tea.View {
	f := m.frame()
	v := tea.NewView(strings.Join(f.Lines, "\n"))
	v.AltScreen = true
	v.WindowTitle = m.title()
	v.Cursor = f.Cursor
	v.MouseMode = m.mouseMode()
	m.outside(&v)
	v.KeyboardEnhancements.ReportEventTypes = true    // to tell a held key from pressed ones
	v.KeyboardEnhancements.ReportAlternateKeys = true // ctrl+c also where no key says c
	return v
}

// frame draws what is shown, never larger than the window.
func (m *Model) frame() widget.Frame {
	switch {
	case m.Width <= 0 || m.Height <= 0:
		return widget.Frame{}
	case m.TooSmall():
		text := fmt.Sprintf("window too small: needs %dx%d", widget.MinWidth, widget.MinHeight)
		if cells.Width(text) > m.Width {
			text = fmt.Sprintf("needs %dx%d", widget.MinWidth, widget.MinHeight)
		}
		return widget.Frame{Lines: []string{cells.Cut(text, m.Width, m.Glyphs.More)}}
	}
	f := m.top().view(m.window)
	f.Footed = f.Footed && len(f.Lines) == m.Height
	f.Lines = f.Lines[:min(len(f.Lines), m.Height)]
	for i, line := range f.Lines {
		if cells.Width(line) > m.Width {
			f.Lines[i] = cells.Cut(line, m.Width, "")
		}
	}
	if f.Cursor != nil && (f.Cursor.X >= m.Width || f.Cursor.Y >= m.Height) {
		f.Cursor = nil
	}
	return f
}
