package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// helpPage lists the keys of another page, made from its bindings, and what the
// states mean.
type helpPage struct {
	of     page
	name   string // of that page
	filter widget.Field
	typing bool
	scroll widget.Scroller
}

// helpBind explains the keys of a page.
func helpBind(win *window, of page, name string) widget.Bind {
	return widget.Bind{
		Binding: widget.Keys("?", "help", "?"), Long: "this page's keys", Group: groupWindow, Foot: 2,
		Do: func() tea.Cmd { win.push(&helpPage{of: of, name: name}); return nil },
	}
}

// helpBelow is that key of a page whose footer has no room for it.
func (win *window) helpBelow(of page, name string) widget.Bind {
	b := helpBind(win, of, name)
	b.Foot = 0
	return b
}

func (p *helpPage) update(win *window, msg tea.Msg) tea.Cmd {
	p.scroll.Mouse(msg)
	if key, ok := msg.(tea.KeyPressMsg); ok {
		if cmd, ok := widget.Pressed(p.binds(win), key); ok || !p.typing {
			return cmd
		}
	}
	if p.typing {
		p.filter.Update(msg)
	}
	return nil
}

func (p *helpPage) binds(win *window) []widget.Bind {
	if p.typing {
		return []widget.Bind{
			{Binding: widget.Keys("enter", "keep", "enter"), Foot: 1, Do: func() tea.Cmd { p.typing = false; return nil }},
			{Binding: widget.Keys("esc", "clear", "esc"), Foot: 1, Do: p.clear},
		}
	}
	binds := []widget.Bind{backBind(win, "q", "left")}
	if !p.filter.Empty() {
		binds = append([]widget.Bind{{Binding: widget.Keys("esc", "clear", "esc"), Foot: 1, Do: p.clear}}, backBind(win, "q"))
	}
	binds = append(binds, win.paletteBind(p.of), widget.Bind{Binding: widget.Keys("?", "", "?"), Do: win.pop})
	binds = append(binds, widget.Bind{Binding: widget.Keys("/", "find a key", "/"), Foot: 3, Do: func() tea.Cmd { p.typing = true; return nil }})
	if line := win.o.SecondTerminal; line != "" {
		// A long one is broken on the screen, and what is selected there would
		// be two commands.
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("c", "copy the command", "c"), Foot: 2,
			Do: func() tea.Cmd { return win.acts().copy("Command", line) },
		})
	}
	return append(binds, p.scroll.Binds()...)
}

func (p *helpPage) clear() tea.Cmd {
	p.filter, p.typing = widget.Field{}, false
	return nil
}

func (p *helpPage) counting(*window) time.Duration { return 0 }

func (p *helpPage) top(win *window) widget.Frame {
	return win.Page("Help", p.name, cells.Clean(win.o.Version))
}

func (p *helpPage) derive(win *window) {
	p.of.derive(win) // its keys are those of what it shows
	p.scroll.Read(win.Common, p.top(win), p.body(win))
}

func (p *helpPage) view(win *window) widget.Frame {
	f := p.top(win)
	if p.typing {
		_, x := p.filter.View(win.Inner() - 6)
		f.Cursor = widget.TextCursor(4+x, len(f.Lines))
	}
	return win.scrolled(f, &p.scroll, p.binds(win))
}

// body is the command for a second terminal, the keys and the states.
func (p *helpPage) body(win *window) []string {
	w := win.Inner()
	one := p.keys(win, groupAccount, groupAccounts, groupMove)
	two := apart(p.keys(win, groupFind, groupWindow), p.states(win))
	var body []string
	switch {
	case p.typing || !p.filter.Empty():
		text, _ := p.filter.View(w - 6)
		body = append(body, "  "+win.Theme.Plain.Key.Render("/")+" "+win.Theme.Plain.Strong.Render(text))
	case !win.Low():
		body = append(body, "")
	}
	if p.filter.Empty() {
		body = append(body, p.second(win, w)...)
	}
	if w < 76 {
		body = append(body, apart(one, two)...)
	} else {
		half := w / 2
		for i := range max(len(one), len(two)) {
			line := ""
			if i < len(one) {
				line = cells.Cut(one[i], half-1, win.Glyphs.More)
			}
			if i < len(two) {
				line += cells.Blank(half-cells.Width(line)) + two[i]
			}
			body = append(body, line)
		}
	}
	return body
}

// second is the command for a second terminal, in the sandbox.
func (p *helpPage) second(win *window, w int) []string {
	if win.o.SecondTerminal == "" {
		return nil
	}
	in := &win.Theme.Plain
	lines := []string{"  " + in.Muted.Render("IN A SECOND TERMINAL")}
	for _, line := range cells.Wrap(cells.Clean(win.o.SecondTerminal), w-3) {
		lines = append(lines, "  "+in.Fg.Render(line))
	}
	if win.Narrow() && win.o.PortalURL != "" { // no header rule has room for it
		lines = append(lines, "", "  "+in.Muted.Render("THE SANDBOX'S PORTAL"), "  "+in.Fg.Render(cells.Clean(win.o.PortalURL)))
	}
	return append(lines, "")
}

// shows says whether a line is looked for.
func (p *helpPage) shows(text string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(p.filter.Value()))
}

// apart puts an empty line between two parts.
func apart(one, two []string) []string {
	if len(one) == 0 || len(two) == 0 {
		return append(one, two...)
	}
	return append(append(one, ""), two...)
}

// keys lists what the keys of some groups do.
func (p *helpPage) keys(win *window, groups ...string) []string {
	in := &win.Theme.Plain
	var lines []string
	binds := append(p.of.binds(win), win.always()...)
	for _, group := range groups {
		first := true
		for _, b := range binds {
			name := b.Help().Key
			if b.Group != group || b.Long == "" || name == "" || !p.shows(name+" "+b.Long) {
				continue
			}
			if first && len(lines) > 0 {
				lines = append(lines, "")
			}
			if first {
				lines = append(lines, "  "+in.Muted.Render(group))
				first = false
			}
			lines = append(lines, "  "+in.Key.Render(cells.Left(name, 9, ""))+" "+in.Fg.Render(b.Long))
		}
	}
	return lines
}

// states explains the marks.
func (p *helpPage) states(win *window) []string {
	in, unlock := &win.Theme.Plain, "unlock the keyring"
	if win.snap.Store.Kind == "file" {
		unlock = "hermes-tui unlock"
	}
	lines := []string{"  " + in.Muted.Render("STATES")}
	for _, s := range []struct {
		state core.State
		text  string
	}{
		{core.OK, "works"},
		{core.Expiring, "refreshed now"},
		{core.Refreshing, "new token coming"},
		{core.Expired, "refreshed when used"},
		{core.CoolingDown, "provider said wait"},
		{core.Paused, "out of the rotation"},
		{core.NeedsSignIn, "press enter"},
		{core.NotIncluded, "not in the plan"},
		{core.Shared, "refreshed elsewhere"},
		{core.Locked, unlock},
		{core.SigningIn, "waiting for you"},
		{core.SignedOut, "no tokens here"},
	} {
		if !p.shows(s.state.Words() + " " + s.text) {
			continue
		}
		lines = append(lines, "  "+stateInk(in, s.state).Render(StateGlyph(win.Glyphs, s.state))+" "+
			in.Fg.Render(cells.Left(s.state.Words(), stateWidth-1, ""))+" "+in.Muted.Render(s.text))
	}
	if len(lines) == 1 {
		return nil
	}
	return lines
}
