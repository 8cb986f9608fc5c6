package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
)

// helpPage lists the keys of another page, made from its bindings, and what the
// states mean.
type helpPage struct {
	of     page
	name   string // of that page
	scroll scroller
}

// helpBind explains the keys of a page.
func helpBind(m *Model, of page, name string) bind {
	return bind{
		Binding: keys("?", "help", "?"), long: "this page", group: groupWindow, foot: 2,
		do: func() tea.Cmd { m.push(&helpPage{of: of, name: name}); return nil },
	}
}

func (p *helpPage) update(m *Model, msg tea.Msg) tea.Cmd {
	p.scroll.mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return press(p.binds(m), msg)
	}
	return nil
}

func (p *helpPage) binds(m *Model) []bind {
	binds := []bind{backBind(m, "q", "left")}
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

func (p *helpPage) counting(*Model) time.Duration { return 0 }

func (p *helpPage) view(m *Model) frame {
	w := m.inner()
	var f frame
	f.add(m.crumbs(w, "Help", p.name, clean(m.o.Version)))
	if !m.narrow() {
		f.add(m.headerRule(w))
	}
	one, two := p.keys(m), p.states(m)
	var body []string
	if !m.low() {
		body = append(body, "")
	}
	body = append(body, p.second(m, w)...)
	if w < 76 {
		body = append(append(append(body, one...), ""), two...)
	} else {
		half := w / 2
		for i := range max(len(one), len(two)) {
			line := ""
			if i < len(one) {
				line = cut(one[i], half-1, m.glyphs.more)
			}
			if i < len(two) {
				line += blank(half-width(line)) + two[i]
			}
			body = append(body, line)
		}
	}
	p.scroll.draw(m, &f, body, p)
	return f
}

// second is the command for a second terminal, in the sandbox.
func (p *helpPage) second(m *Model, w int) []string {
	if m.o.SecondTerminal == "" {
		return nil
	}
	in := &m.theme.plain
	lines := []string{"  " + in.muted.Render("IN A SECOND TERMINAL")}
	for _, line := range wrap(clean(m.o.SecondTerminal), w-3) {
		lines = append(lines, "  "+in.fg.Render(line))
	}
	return append(lines, "")
}

// keys lists what the keys do, by group.
func (p *helpPage) keys(m *Model) []string {
	in := &m.theme.plain
	var lines []string
	binds := p.of.binds(m)
	for _, group := range groups {
		first := true
		for _, b := range binds {
			if b.group != group || b.long == "" || b.Help().Key == "" {
				continue
			}
			if first && len(lines) > 0 {
				lines = append(lines, "")
			}
			if first {
				lines = append(lines, "  "+in.muted.Render(group))
				first = false
			}
			lines = append(lines, "  "+in.key.Render(left(b.Help().Key, 9, ""))+" "+in.fg.Render(b.long))
		}
	}
	for _, more := range [][2]string{{"ctrl+l", "draw anew"}, {"ctrl+z", "to the shell; fg returns"}, {"ctrl+c", "quit from anywhere"}} {
		lines = append(lines, "  "+in.key.Render(left(more[0], 9, ""))+" "+in.fg.Render(more[1]))
	}
	return lines
}

// states explains the marks.
func (p *helpPage) states(m *Model) []string {
	in := &m.theme.plain
	lines := []string{"  " + in.muted.Render("STATES")}
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
		{core.SignedOut, "no tokens here"},
	} {
		lines = append(lines, "  "+in.glyph(s.state).Render(m.glyphs.state[s.state])+" "+
			in.fg.Render(left(s.state.Words(), stateWidth-1, ""))+" "+in.muted.Render(s.text))
	}
	return lines
}
