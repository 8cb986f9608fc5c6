package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// edit handles a message while the filter is being edited: everything but a few
// keys is text.
func (p *accountsPage) edit(m *Model, msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		if cmd, ok := pressed(p.editBinds(m), msg); ok {
			return cmd
		}
	}
	p.filter.update(msg)
	p.list(m)
	return nil
}

// editBinds are the keys that are no text.
func (p *accountsPage) editBinds(m *Model) []bind {
	return []bind{
		{Binding: keys("enter", "keep", "enter"), foot: 1, do: func() tea.Cmd {
			p.typing = false
			return nil
		}},
		{Binding: keys("esc", "clear", "esc"), foot: 1, do: func() tea.Cmd { return p.clearFilter(m) }},
		{Binding: keys("up", "", "up"), do: func() tea.Cmd { return p.move(m, -1) }},
		{Binding: keys("down", "", "down"), do: func() tea.Cmd { return p.move(m, 1) }},
	}
}

func (p *accountsPage) clearFilter(m *Model) tea.Cmd {
	if p.typing {
		p.id = p.before
	}
	p.filter, p.typing = field{}, false
	p.list(m)
	return nil
}

// filterBinds find accounts.
func (p *accountsPage) filterBinds(m *Model) []bind {
	binds := []bind{{
		Binding: keys("/", "filter", "/"), long: "list only what matches", group: groupFind, foot: 5,
		do: func() tea.Cmd { p.typing, p.before = true, p.id; return nil },
	}}
	if !p.filter.empty() && len(p.marks) == 0 {
		binds = append(binds, bind{
			Binding: keys("esc", "clear the filter", "esc"), long: "list everything again", group: groupFind, foot: 2,
			do: func() tea.Cmd { return p.clearFilter(m) },
		})
	}
	binds = append(binds, bind{
		Binding: keys("o", "sort", "o"), long: "sort in another way", group: groupFind,
		do: func() tea.Cmd { return p.sortNext(m) },
	})
	for _, by := range sortings {
		binds = append(binds, bind{long: "sort by " + by.words(), group: groupFind, do: func() tea.Cmd { return p.sortBy(m, by) }})
	}
	return binds
}

// foot is the last line: the keys, or the filter while it is being edited, with
// the cursor in it.
func (p *accountsPage) foot(m *Model, w int) (string, *tea.Cursor) {
	if !p.typing {
		return m.footer(p.binds(m), w-3), nil
	}
	in, keys := &m.theme.Plain, m.footer(p.editBinds(m), max(w/2, 22))
	room := min(w-6-cells.Width(keys)-3, 32)
	text, x := p.filter.view(room)
	return in.Key.Render("/") + " " + in.Strong.Render(text) + cells.Blank(room-cells.Width(text)+3) + keys, textCursor(4+x, m.height-1)
}

// drawNoMatch says that nothing matches, and how to get everything back.
func (p *accountsPage) drawNoMatch(m *Model, f *frame, w int) {
	in := &m.theme.Plain
	f.add("", "  "+in.Fg.Render(cells.Cut("No account matches "+m.glyphs.QuoteLeft+p.filter.value()+m.glyphs.QuoteRight+".", w-4, m.glyphs.More)))
	if !p.typing {
		f.add("  " + in.Muted.Render("esc lists everything again"))
	}
	foot, cursor := p.foot(m, w)
	f.bottom(m.height, "  "+foot)
	f.cursor = cursor
}
