package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// helpPage lists the keys of another page, made from its bindings, and what the
// states mean.
type helpPage struct {
	of     page
	name   string // of that page
	filter field
	typing bool
	scroll scroller
}

// helpBind explains the keys of a page.
func helpBind(m *Model, of page, name string) bind {
	return bind{
		Binding: keys("?", "help", "?"), long: "this page's keys", group: groupWindow, foot: 2,
		do: func() tea.Cmd { m.push(&helpPage{of: of, name: name}); return nil },
	}
}

func (p *helpPage) update(m *Model, msg tea.Msg) tea.Cmd {
	p.scroll.mouse(msg)
	if key, ok := msg.(tea.KeyPressMsg); ok {
		if cmd, ok := pressed(p.binds(m), key); ok || !p.typing {
			return cmd
		}
	}
	if p.typing {
		p.filter.update(msg)
	}
	return nil
}

func (p *helpPage) binds(m *Model) []bind {
	if p.typing {
		return []bind{
			{Binding: keys("enter", "keep", "enter"), foot: 1, do: func() tea.Cmd { p.typing = false; return nil }},
			{Binding: keys("esc", "clear", "esc"), foot: 1, do: p.clear},
		}
	}
	binds := []bind{backBind(m, "q", "left")}
	if !p.filter.empty() {
		binds = append([]bind{{Binding: keys("esc", "clear", "esc"), foot: 1, do: p.clear}}, backBind(m, "q"))
	}
	binds = append(binds, bind{Binding: keys("/", "find a key", "/"), foot: 3, do: func() tea.Cmd { p.typing = true; return nil }})
	if line := m.o.SecondTerminal; line != "" {
		// A long one is broken on the screen, and what is selected there would
		// be two commands.
		binds = append(binds, bind{
			Binding: keys("c", "copy the command", "c"), foot: 2,
			do: func() tea.Cmd { return m.copy("Command", line) },
		})
	}
	return append(binds, p.scroll.binds()...)
}

func (p *helpPage) clear() tea.Cmd {
	p.filter, p.typing = field{}, false
	return nil
}

func (p *helpPage) counting(*Model) time.Duration { return 0 }

func (p *helpPage) top(m *Model) frame { return m.page("Help", p.name, cells.Clean(m.o.Version)) }

func (p *helpPage) derive(m *Model) { p.scroll.read(m.common, p.top(m), p.body(m)) }

func (p *helpPage) view(m *Model) frame {
	f := p.top(m)
	if p.typing {
		_, x := p.filter.view(m.inner() - 6)
		f.cursor = textCursor(4+x, len(f.lines))
	}
	return m.scrolled(f, &p.scroll, p.binds(m))
}

// body is the command for a second terminal, the keys and the states.
func (p *helpPage) body(m *Model) []string {
	w := m.inner()
	one := p.keys(m, groupAccount, groupAccounts, groupMove)
	two := apart(p.keys(m, groupFind, groupWindow), p.states(m))
	var body []string
	switch {
	case p.typing || !p.filter.empty():
		text, _ := p.filter.view(w - 6)
		body = append(body, "  "+m.theme.Plain.Key.Render("/")+" "+m.theme.Plain.Strong.Render(text))
	case !m.low():
		body = append(body, "")
	}
	if p.filter.empty() {
		body = append(body, p.second(m, w)...)
	}
	if w < 76 {
		body = append(body, apart(one, two)...)
	} else {
		half := w / 2
		for i := range max(len(one), len(two)) {
			line := ""
			if i < len(one) {
				line = cells.Cut(one[i], half-1, m.glyphs.More)
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
func (p *helpPage) second(m *Model, w int) []string {
	if m.o.SecondTerminal == "" {
		return nil
	}
	in := &m.theme.Plain
	lines := []string{"  " + in.Muted.Render("IN A SECOND TERMINAL")}
	for _, line := range cells.Wrap(cells.Clean(m.o.SecondTerminal), w-3) {
		lines = append(lines, "  "+in.Fg.Render(line))
	}
	if m.narrow() && m.o.PortalURL != "" { // no header rule has room for it
		lines = append(lines, "", "  "+in.Muted.Render("THE SANDBOX'S PORTAL"), "  "+in.Fg.Render(cells.Clean(m.o.PortalURL)))
	}
	return append(lines, "")
}

// shows says whether a line is looked for.
func (p *helpPage) shows(text string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(p.filter.value()))
}

// apart puts an empty line between two parts.
func apart(one, two []string) []string {
	if len(one) == 0 || len(two) == 0 {
		return append(one, two...)
	}
	return append(append(one, ""), two...)
}

// keys lists what the keys of some groups do.
func (p *helpPage) keys(m *Model, groups ...string) []string {
	in := &m.theme.Plain
	var lines []string
	binds := append(p.of.binds(m), m.always()...)
	for _, group := range groups {
		first := true
		for _, b := range binds {
			name := b.Help().Key
			if b.group != group || b.long == "" || name == "" || !p.shows(name+" "+b.long) {
				continue
			}
			if first && len(lines) > 0 {
				lines = append(lines, "")
			}
			if first {
				lines = append(lines, "  "+in.Muted.Render(group))
				first = false
			}
			lines = append(lines, "  "+in.Key.Render(cells.Left(name, 9, ""))+" "+in.Fg.Render(b.long))
		}
	}
	return lines
}

// states explains the marks.
func (p *helpPage) states(m *Model) []string {
	in := &m.theme.Plain
	lines := []string{"  " + in.Muted.Render("STATES")}
	for _, s := range []struct {
		state core.State
		text  string
	}{
		{core.OK, "works"},
		{core.Expiring, "renewed now"},
		{core.Refreshing, "new token coming"},
		{core.Expired, "renewed when used"},
		{core.CoolingDown, "provider said wait"},
		{core.NeedsSignIn, "press enter"},
		{core.NotIncluded, "not in the plan"},
		{core.Shared, "renewed elsewhere"},
		{core.Locked, "unlock the keyring"},
		{core.SigningIn, "waiting for you"},
		{core.SignedOut, "no tokens here"},
	} {
		if !p.shows(s.state.Words() + " " + s.text) {
			continue
		}
		lines = append(lines, "  "+stateInk(in, s.state).Render(stateGlyph(m.glyphs, s.state))+" "+
			in.Fg.Render(cells.Left(s.state.Words(), stateWidth-1, ""))+" "+in.Muted.Render(s.text))
	}
	if len(lines) == 1 {
		return nil
	}
	return lines
}
