package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// filtering is part of a page that lists accounts: what is typed to find some of them.
type filtering struct {
	filter widget.Field // what is listed; empty: everything
	typing bool         // it is being edited
}

// typed handles a message while the filter is edited: everything but the keys of some
// bindings is text.
func (t *filtering) typed(msg tea.Msg, binds []widget.Bind) (cmd tea.Cmd, text bool) {
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		if cmd, ok := widget.Pressed(binds, msg); ok {
			return cmd, false
		}
	}
	t.filter.Update(msg)
	return nil, true
}

// typingBinds are the keys that are no text.
func (t *filtering) typingBinds(clear func() tea.Cmd, move func(by int) tea.Cmd) []widget.Bind {
	return []widget.Bind{
		{Binding: widget.Keys("enter", "keep", "enter"), Foot: 1, Do: func() tea.Cmd { t.typing = false; return nil }},
		{Binding: widget.Keys("esc", "clear", "esc"), Foot: 1, Do: clear},
		{Binding: widget.Keys("up", "", "up"), Do: func() tea.Cmd { return move(-1) }},
		{Binding: widget.Keys("down", "", "down"), Do: func() tea.Cmd { return move(1) }},
	}
}

// line is the last line of the page while the filter is edited: what is typed, with the
// cursor in it, and the keys.
func (t *filtering) line(win *window, w int, binds []widget.Bind) (string, *tea.Cursor) {
	in, keys := &win.Theme.Plain, win.Footer(binds, max(w/2, 22))
	room := min(w-6-cells.Width(keys)-3, 32)
	text, x := t.filter.View(room)
	return in.Key.Render("/") + " " + in.Strong.Render(text) + cells.Blank(room-cells.Width(text)+3) + keys, widget.TextCursor(4+x, win.Height-1)
}

// noMatch says that nothing is listed.
func (t *filtering) noMatch(win *window, w int) string {
	return "  " + win.Theme.Plain.Fg.Render(cells.Cut("No account matches "+win.Glyphs.QuoteLeft+t.filter.Value()+win.Glyphs.QuoteRight+".", w-4, win.Glyphs.More))
}
