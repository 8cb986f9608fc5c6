package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// palettePage lists everything that can be done on another page, by name. It
// is made from that page's bindings, as the help is.
type palettePage struct {
	of   page
	pick widget.Picker
}

// actions are what the palette offers, by their groups.
func (p *palettePage) actions(m *Model) []widget.Bind {
	all := append(p.of.binds(m), m.always()...)
	all = slices.DeleteFunc(all, func(b widget.Bind) bool { return b.Long == "" || b.Palette || b.Group == groupMove })
	slices.SortStableFunc(all, func(a, b widget.Bind) int {
		return slices.Index(groups, a.Group) - slices.Index(groups, b.Group)
	})
	return all
}

// headed is the head, and the line that is typed.
func (p *palettePage) headed(m *Model) widget.Frame {
	f := m.Page("Do", "what?", say.Plural(len(p.pick.Match), "action", "actions"))
	text, x := p.pick.Field.View(m.Inner() - 8)
	f.Cursor = widget.TextCursor(4+x, len(f.Lines))
	f.Add("  " + m.Theme.Plain.Key.Render(":") + " " + m.Theme.Plain.Strong.Render(text))
	if !m.Narrow() {
		f.Add("")
	}
	return f
}

func (p *palettePage) derive(m *Model) {
	all := p.actions(m)
	p.pick.Narrow(len(all), func(i int) string { return all[i].Long })
	top := len(p.headed(m).Lines)
	room := m.Height - top - 1
	if !m.Low() {
		room--
	}
	p.pick.Fit(top, room)
}

func (p *palettePage) update(m *Model, msg tea.Msg) tea.Cmd {
	p.pick.Mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		if cmd, ok := widget.Pressed(p.binds(m), msg); ok {
			return cmd
		}
	}
	p.pick.Typed(msg)
	return nil
}

func (p *palettePage) binds(m *Model) []widget.Bind {
	all := p.actions(m)
	return append([]widget.Bind{
		{Binding: widget.Keys("enter", "do it", "enter"), Foot: 1, Do: func() tea.Cmd {
			at, ok := p.pick.Chosen()
			if !ok {
				return nil
			}
			m.pop()
			return all[at].Do()
		}},
		{Binding: widget.Keys("esc", "close", "esc"), Foot: 1, Do: m.pop},
	}, p.pick.Moves()...)
}

func (p *palettePage) counting(*Model) time.Duration { return 0 }

func (p *palettePage) view(m *Model) widget.Frame {
	w, in := m.Inner(), &m.Theme.Plain
	all := p.actions(m)
	f, last := p.headed(m), ""
	for row, i := range p.pick.Shown() {
		b, ink := all[i], in.Fg
		here := p.pick.First+row == p.pick.Cursor
		if here {
			ink = in.Strong
		}
		group := ""
		if b.Group != last {
			group, last = b.Group, b.Group
		}
		name := min(w-2-12-16, 48)
		if w < 76 {
			name = w - 2 - 12 - 1
		}
		line := m.Gutter(here) + " " + ink.Render(cells.Left(say.SentenceStart(b.Long), name, m.Glyphs.More)) + "  " +
			in.Key.Render(cells.Left(b.Help().Key, 10, ""))
		if w >= 76 {
			line += "  " + in.Muted.Render(group)
		}
		f.Add(line)
	}
	if len(p.pick.Match) == 0 {
		f.Add("  " + in.Muted.Render("Nothing is called so here."))
	}
	f.Bottom(m.Height, "  "+m.Footer(p.binds(m), w-3))
	return f
}

// paletteBind opens the palette.
func (m *Model) paletteBind(of page) widget.Bind {
	return widget.Bind{
		Binding: widget.Keys(":", "", ":"), Long: "every action by name", Group: groupFind, Palette: true,
		Do: func() tea.Cmd { m.push(&palettePage{of: of}); return nil },
	}
}

// themeBinds change the colours of this window.
func (m *Model) themeBinds() []widget.Bind {
	var binds []widget.Bind
	for _, name := range style.Themes() {
		if name == m.themeName || name == "auto" && m.themeName == "" {
			continue
		}
		words := "colours: " + strings.ReplaceAll(name, "-", " ")
		if name == "auto" {
			words = "colours: by the terminal's background"
		}
		binds = append(binds, widget.Bind{Long: words, Group: groupWindow, Do: func() tea.Cmd { m.setTheme(name); return nil }})
	}
	return binds
}

// always are what can be done on every page.
func (m *Model) always() []widget.Bind {
	return append([]widget.Bind{
		{Binding: widget.Keys("ctrl+l", "", "ctrl+l"), Long: "draw everything anew", Group: groupWindow, Do: func() tea.Cmd { return tea.ClearScreen }},
		{Binding: widget.Keys("ctrl+z", "", "ctrl+z"), Long: "to the shell; fg comes back", Group: groupWindow, Do: m.suspend},
		{Binding: widget.Keys("ctrl+c", "", "ctrl+c"), Long: "quit from anywhere", Group: groupWindow, Do: m.quit},
	}, m.themeBinds()...)
}
