package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// palettePage lists everything that can be done on another page, by name. It
// is made from that page's bindings, as the help is.
type palettePage struct {
	of   page
	pick picker
}

// actions are what the palette offers, by their groups.
func (p *palettePage) actions(m *Model) []bind {
	all := append(p.of.binds(m), m.always()...)
	all = slices.DeleteFunc(all, func(b bind) bool { return b.long == "" || b.palette || b.group == groupMove })
	slices.SortStableFunc(all, func(a, b bind) int {
		return slices.Index(groups, a.group) - slices.Index(groups, b.group)
	})
	return all
}

// headed is the head, and the line that is typed.
func (p *palettePage) headed(m *Model) frame {
	f := m.page("Do", "what?", say.Plural(len(p.pick.match), "action", "actions"))
	text, x := p.pick.field.view(m.inner() - 8)
	f.cursor = textCursor(4+x, len(f.lines))
	f.add("  " + m.theme.Plain.Key.Render(":") + " " + m.theme.Plain.Strong.Render(text))
	if !m.narrow() {
		f.add("")
	}
	return f
}

func (p *palettePage) derive(m *Model) {
	all := p.actions(m)
	p.pick.narrow(len(all), func(i int) string { return all[i].long })
	top := len(p.headed(m).lines)
	room := m.height - top - 1
	if !m.low() {
		room--
	}
	p.pick.fit(top, room)
}

func (p *palettePage) update(m *Model, msg tea.Msg) tea.Cmd {
	p.pick.mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		if cmd, ok := pressed(p.binds(m), msg); ok {
			return cmd
		}
	}
	p.pick.typed(msg)
	return nil
}

func (p *palettePage) binds(m *Model) []bind {
	all := p.actions(m)
	return append([]bind{
		{Binding: keys("enter", "do it", "enter"), foot: 1, do: func() tea.Cmd {
			at, ok := p.pick.chosen()
			if !ok {
				return nil
			}
			m.pop()
			return all[at].do()
		}},
		{Binding: keys("esc", "close", "esc"), foot: 1, do: m.pop},
	}, p.pick.moves()...)
}

func (p *palettePage) counting(*Model) time.Duration { return 0 }

func (p *palettePage) view(m *Model) frame {
	w, in := m.inner(), &m.theme.Plain
	all := p.actions(m)
	f, last := p.headed(m), ""
	for row, i := range p.pick.shown() {
		b, ink := all[i], in.Fg
		here := p.pick.first+row == p.pick.cursor
		if here {
			ink = in.Strong
		}
		group := ""
		if b.group != last {
			group, last = b.group, b.group
		}
		name := min(w-2-12-16, 48)
		if w < 76 {
			name = w - 2 - 12 - 1
		}
		line := m.gutter(here) + " " + ink.Render(cells.Left(say.SentenceStart(b.long), name, m.glyphs.More)) + "  " +
			in.Key.Render(cells.Left(b.Help().Key, 10, ""))
		if w >= 76 {
			line += "  " + in.Muted.Render(group)
		}
		f.add(line)
	}
	if len(p.pick.match) == 0 {
		f.add("  " + in.Muted.Render("Nothing is called so here."))
	}
	f.bottom(m.height, "  "+m.footer(p.binds(m), w-3))
	return f
}

// paletteBind opens the palette.
func (m *Model) paletteBind(of page) bind {
	return bind{
		Binding: keys(":", "", ":"), long: "every action by name", group: groupFind, palette: true,
		do: func() tea.Cmd { m.push(&palettePage{of: of}); return nil },
	}
}

// themeBinds change the colours of this window.
func (m *Model) themeBinds() []bind {
	var binds []bind
	for _, name := range style.Themes() {
		if name == m.themeName || name == "auto" && m.themeName == "" {
			continue
		}
		words := "colours: " + strings.ReplaceAll(name, "-", " ")
		if name == "auto" {
			words = "colours: by the terminal's background"
		}
		binds = append(binds, bind{long: words, group: groupWindow, do: func() tea.Cmd { m.setTheme(name); return nil }})
	}
	return binds
}

// always are what can be done on every page.
func (m *Model) always() []bind {
	return append([]bind{
		{Binding: keys("ctrl+l", "", "ctrl+l"), long: "draw everything anew", group: groupWindow, do: func() tea.Cmd { return tea.ClearScreen }},
		{Binding: keys("ctrl+z", "", "ctrl+z"), long: "to the shell; fg comes back", group: groupWindow, do: m.suspend},
		{Binding: keys("ctrl+c", "", "ctrl+c"), long: "quit from anywhere", group: groupWindow, do: m.quit},
	}, m.themeBinds()...)
}
