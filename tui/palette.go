package tui

import (
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/internal/order"
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
func (p *palettePage) actions(win *window) []widget.Bind {
	all := append(p.of.binds(win), win.always()...)
	all = slices.DeleteFunc(all, func(b widget.Bind) bool { return b.Do == nil || b.Long == "" || b.Palette || b.Group == groupMove })
	order.By(all, func(a, b widget.Bind) int {
		return slices.Index(groups, a.Group) - slices.Index(groups, b.Group)
	})
	return all
}

// headed is the head, and the line that is typed.
func (p *palettePage) headed(win *window) widget.Frame {
	f := win.Page("Do", "what?", say.Plural(len(p.pick.Match), "action", "actions"))
	text, x := p.pick.Field.View(win.Inner() - 8)
	f.Cursor = widget.TextCursor(4+x, len(f.Lines))
	f.Add("  " + win.Theme.Plain.Key.Render(":") + " " + win.Theme.Plain.Strong.Render(text))
	if !win.Narrow() {
		f.Add("")
	}
	return f
}

func (p *palettePage) derive(win *window) {
	p.of.derive(win) // its keys are those of what it shows
	all := p.actions(win)
	p.pick.Narrow(len(all), func(i int) string { return paletteText(all[i]) })
	top := len(p.headed(win).Lines)
	room := win.Height - top - 1
	if !win.Low() {
		room--
	}
	if len(p.pick.Match) > room {
		room-- // for how many more there are
	}
	p.pick.Fit(top, room)
}

func (p *palettePage) update(win *window, msg tea.Msg) tea.Cmd {
	p.pick.Mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		if cmd, ok := widget.Pressed(p.binds(win), msg); ok {
			return cmd
		}
	}
	p.pick.Typed(msg)
	return nil
}

func (p *palettePage) binds(win *window) []widget.Bind {
	all := p.actions(win)
	return append([]widget.Bind{
		{Binding: widget.Keys("enter", "do it", "enter"), Foot: 1, Do: func() tea.Cmd {
			at, ok := p.pick.Chosen()
			if !ok {
				return nil
			}
			win.pop()
			return all[at].Do()
		}},
		{Binding: widget.Keys("esc", "close", "esc"), Foot: 1, Do: win.pop},
	}, p.pick.Moves()...)
}

func (p *palettePage) counting(*window) time.Duration { return 0 }

func (p *palettePage) view(win *window) widget.Frame {
	w, in := win.Inner(), &win.Theme.Plain
	all := p.actions(win)
	f, last := p.headed(win), ""
	columns := widget.Layout(w, widget.Column{Gap: 2, Width: 46, Stretch: true}, widget.Column{Gap: 2, Width: 10},
		widget.Column{Gap: 2, Width: 13, Rank: 1}, widget.Column{Gap: 1})
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
		line := win.Gutter(here) + " " + ink.Render(cells.Left(say.SentenceStart(b.Long), min(columns[0], 48), win.Glyphs.More)) + "  " +
			in.Key.Render(cells.Left(b.Help().Key, columns[1], ""))
		if columns[2] > 0 {
			line += "  " + in.Muted.Render(group)
		}
		f.Add(line)
	}
	if len(p.pick.Match) == 0 {
		f.Add("  " + in.Muted.Render("No matching action"))
	}
	if below := len(p.pick.Match) - p.pick.First - len(p.pick.Shown()); below > 0 {
		f.Add("  " + in.Muted.Render(win.Glyphs.Down+" "+say.Thousands(uint64(below))+" more"))
	}
	win.foot(&f, p.binds(win))
	return f
}

// paletteBind opens the palette.
func (win *window) paletteBind(of page) widget.Bind {
	return widget.Bind{
		Binding: widget.Keys(":", "", ":"), Long: "every action by name", Group: groupFind, Palette: true,
		Do: func() tea.Cmd { win.push(&palettePage{of: of}); return nil },
	}
}

// themeBinds change the colours of this window.
func (win *window) themeBinds() []widget.Bind {
	var binds []widget.Bind
	for _, name := range style.Themes() {
		if name == win.theme() || name == "auto" && win.theme() == "" {
			continue
		}
		words := "colours: " + strings.ReplaceAll(name, "-", " ")
		if name == "auto" {
			words = "colours: by the terminal's background"
		}
		binds = append(binds, widget.Bind{Long: words, Words: "theme color colour colors settings " + name, Group: groupWindow, Do: func() tea.Cmd { win.setTheme(name); return nil }})
	}
	return binds
}

// always are what can be done on every page.
func (win *window) always() []widget.Bind {
	return append([]widget.Bind{
		{Binding: widget.Keys("ctrl+l", "", "ctrl+l"), Long: "draw everything anew", Group: groupWindow, Do: func() tea.Cmd { return tea.ClearScreen }},
		{Binding: widget.Keys("ctrl+z", "", "ctrl+z"), Long: "to the shell; fg comes back", Group: groupWindow, Do: win.suspend},
		{Binding: widget.Keys("ctrl+c", "", "ctrl+c"), Long: "quit from anywhere", Group: groupWindow, Do: win.quit},
	}, slices.Concat(win.themeBinds(), win.noticeBinds(), win.aboutBinds())...)
}
