package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// linesOf are the lines of all pools, or of the accounts that match what was typed
// and of their pools.
func (p *poolPage) linesOf(win *window) []poolLine {
	words := strings.Fields(strings.ToLower(p.filter.Value()))
	if len(words) == 0 {
		return win.places.lines
	}
	var lines []poolLine
	for i := range win.places.pools {
		begun := false
		for n, member := range win.places.pools[i].Members {
			if !win.matches(member.Account, words) {
				continue
			}
			if !begun && len(lines) > 0 {
				lines = append(lines, poolLine{i, poolGap})
			}
			if !begun {
				lines, begun = append(lines, poolLine{i, poolTitle}, poolLine{i, poolRule}), true
			}
			lines = append(lines, poolLine{i, n})
		}
	}
	return lines
}

// edit handles a message while the filter is typed: everything but a few keys is text.
func (p *poolPage) edit(win *window, msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		if cmd, ok := widget.Pressed(p.editBinds(win), msg); ok {
			return cmd
		}
	}
	p.filter.Update(msg)
	return nil
}

func (p *poolPage) editBinds(win *window) []widget.Bind {
	return []widget.Bind{
		{Binding: widget.Keys("enter", "keep", "enter"), Foot: 1, Do: func() tea.Cmd { p.typing = false; return nil }},
		{Binding: widget.Keys("esc", "clear", "esc"), Foot: 1, Do: p.clear},
		{Binding: widget.Keys("up", "", "up"), Do: p.move(win, -1)},
		{Binding: widget.Keys("down", "", "down"), Do: p.move(win, 1)},
	}
}

func (p *poolPage) clear() tea.Cmd {
	p.filter, p.typing = widget.Field{}, false
	return nil
}

// filterBinds find accounts; esc lists all of them again before it leaves the page.
func (p *poolPage) filterBinds() []widget.Bind {
	binds := []widget.Bind{{
		Binding: widget.Keys("/", "filter", "/"), Long: "list only what matches", Group: groupFind, Foot: 4,
		Do: func() tea.Cmd { p.typing = true; return nil },
	}}
	if !p.filter.Empty() {
		binds = append(binds, widget.Bind{Binding: widget.Keys("esc", "clear the filter", "esc"), Long: "list everything again", Group: groupFind, Foot: 1, Do: p.clear})
	}
	return binds
}

// foot is the last line: the keys, or what is typed, with the cursor in it.
func (p *poolPage) foot(win *window, w int) (string, *tea.Cursor) {
	if !p.typing {
		return win.Footer(p.binds(win), w-3), nil
	}
	in, keys := &win.Theme.Plain, win.Footer(p.editBinds(win), max(w/2, 22))
	room := min(w-6-cells.Width(keys)-3, 32)
	text, x := p.filter.View(room)
	return in.Key.Render("/") + " " + in.Strong.Render(text) + cells.Blank(room-cells.Width(text)+3) + keys, widget.TextCursor(4+x, win.Height-1)
}

// sticky is the line whose pool is named in the first line that is shown, because its
// title is above; -1 where the title is in view, or there is no room for it.
func (p *poolPage) sticky(at int) int {
	if p.first >= len(p.lines) || p.first >= at || p.room < 3 || p.lines[p.first].member == poolTitle || p.lines[p.first].member == poolGap {
		return -1
	}
	return p.first
}
