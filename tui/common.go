package tui

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// The smallest window that everything can be told in.
const minWidth, minHeight = 40, 12

// maxWidth is how wide the screen is drawn at most.
const maxWidth = 128

// common is what everything on the screen is drawn with.
type common struct {
	theme         *style.Theme
	glyphs        *style.Glyphs
	width, height int
	portal        string // an address that stands under every header; may be empty
}

// inner is how wide pages are drawn.
func (m *common) inner() int { return min(m.width, maxWidth) }

// narrow says that the window has no room for columns with heads.
func (m *common) narrow() bool { return m.width < 60 }

// low says that the window has no lines to spare.
func (m *common) low() bool { return m.height < 20 }

// rule is a line across the page, with a title at its left and another at its
// right end.
func (m *common) rule(glyph string, ink, titleInk func(...string) string, title, right string, w int) string {
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

// tooSmall says that the window has no room for a page.
func (m *common) tooSmall() bool { return m.width < minWidth || m.height < minHeight }

// headerRule is the line under the header. It carries the address of the
// sandbox's portal.
func (m *common) headerRule(w int) string {
	line := m.theme.Plain.Line.Render
	if m.portal == "" {
		return m.rule(m.glyphs.Rule, line, line, "", "", w)
	}
	url := m.portal
	text := cells.Cut("sandbox: "+url, w-6, m.glyphs.More)
	styled := func(s ...string) string {
		return ansi.SetHyperlink(url) + m.theme.Plain.Link.Render(s...) + ansi.ResetHyperlink()
	}
	return m.rule(m.glyphs.Rule, line, styled, text, "", w)
}

// crumbs is the header of a page: where one is, and something at the right.
func (m *common) crumbs(w int, path, here, right string) string {
	in := &m.theme.Plain
	right = cells.Cut(right, w/2, m.glyphs.More)
	room := w - 2 - cells.Width(path) - 3 - cells.Width(right) - 3
	here = cells.Cut(here, room, m.glyphs.More)
	line := "  " + in.Muted.Render(path+" "+m.glyphs.Crumb) + " " + in.Accent.Render(here)
	return line + cells.Blank(w-2-cells.Width(path)-3-cells.Width(here)-cells.Width(right)-1) + in.Muted.Render(right)
}

// page begins a page: where one is, something at the right, and the rule below.
func (m *common) page(path, here, right string) frame {
	w := m.inner()
	f := frame{lines: []string{m.crumbs(w, path, here, right)}}
	if !m.narrow() {
		f.add(m.headerRule(w))
	}
	return f
}

// gutter is the column of the cursor bar.
func (m *common) gutter(selected bool) string {
	if selected {
		return m.theme.Plain.Accent.Render(m.glyphs.Cursor)
	}
	return " "
}
