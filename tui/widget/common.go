// Package widget is what pages are made of: the frame of a page, rows that scroll,
// a list that is narrowed by typing, a line of text to edit, sheets, keys, a QR.
// Everything is drawn with a [Common] and knows nothing of accounts or of the
// window; what depends on the size is settled by a Fit or Read, and drawing
// changes nothing.
package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// The smallest window that everything can be told in.
const MinWidth, MinHeight = 40, 12

// Common is what everything on the screen is drawn with.
type Common struct {
	Theme         *style.Theme
	Glyphs        *style.Glyphs
	Width, Height int
	Portal        string // an address that stands under every header; may be empty
}

// Inner is how wide pages are drawn.
func (m *Common) Inner() int { return m.Width }

// Narrow says that the window has no room for columns with heads.
func (m *Common) Narrow() bool { return m.Width < 60 }

// Low says that the window has no lines to spare.
func (m *Common) Low() bool { return m.Height < 20 }

// Rule is a line across the page, with a title at its left and another at its
// right end.
func (m *Common) Rule(glyph string, ink, titleInk func(...string) string, title, right string, w int) string {
	if title == "" {
		return ink(strings.Repeat(glyph, w))
	}
	tail := 1
	if right != "" {
		tail = cells.Width(right) + 3
	}
	title = cells.Cut(title, w-tail-5, m.Glyphs.More)
	line := ink(glyph) + " " + titleInk(title) + " "
	if right == "" {
		return line + ink(strings.Repeat(glyph, max(w-cells.Width(title)-3, 0)))
	}
	return line + ink(strings.Repeat(glyph, max(w-cells.Width(title)-3-cells.Width(right)-3, 0))) +
		" " + m.Theme.Plain.Muted.Render(right) + " " + ink(glyph)
}

// TooSmall says that the window has no room for a page.
func (m *Common) TooSmall() bool { return m.Width < MinWidth || m.Height < MinHeight }

// HeaderRule is the line under the header. It carries the address of the
// sandbox's portal.
func (m *Common) HeaderRule(w int) string {
	line := m.Theme.Plain.Line.Render
	if m.Portal == "" {
		return m.Rule(m.Glyphs.Rule, line, line, "", "", w)
	}
	url := m.Portal
	text := cells.Cut("sandbox: "+url, w-6, m.Glyphs.More)
	styled := func(s ...string) string {
		return ansi.SetHyperlink(url) + m.Theme.Plain.Link.Render(s...) + ansi.ResetHyperlink()
	}
	return m.Rule(m.Glyphs.Rule, line, styled, text, "", w)
}

// Crumbs is the header of a page: where one is, and something at the right.
func (m *Common) Crumbs(w int, path, here, right string) string {
	in := &m.Theme.Plain
	right = cells.Cut(right, w/2, m.Glyphs.More)
	room := w - 2 - cells.Width(path) - 3 - cells.Width(right) - 3
	here = cells.Cut(here, room, m.Glyphs.More)
	line := "  " + in.Muted.Render(path+" "+m.Glyphs.Crumb) + " " + in.Accent.Render(here)
	return line + cells.Blank(w-2-cells.Width(path)-3-cells.Width(here)-cells.Width(right)-1) + in.Muted.Render(right)
}

// Page begins a page: where one is, something at the right, and the rule below.
func (m *Common) Page(path, here, right string) Frame {
	w := m.Inner()
	f := Frame{Lines: []string{m.Crumbs(w, path, here, right)}}
	if !m.Narrow() {
		f.Add(m.HeaderRule(w))
	}
	return f
}

// Gutter is the column of the cursor bar.
func (m *Common) Gutter(selected bool) string {
	if selected {
		return m.Theme.Plain.Accent.Render(m.Glyphs.Cursor)
	}
	return " "
}
