package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// choice is a line of the empty state's menu.
type choice struct {
	key, text, note string
	do              func() tea.Cmd
}

// choices are what can be done while there is no account.
func (p *accountsPage) choices(m *Model) []choice {
	all := append([]choice{{"a", "sign in to an account", m.providerNames(), m.addAccount}}, m.importChoices()...)
	return append(all, choice{
		"?", "what this program does", "", func() tea.Cmd { m.push(&textPage{title: aboutTitle, text: aboutText(m)}); return nil },
	})
}

// providerNames lists what one can sign in to: "MiniMax, Nous, xAI …".
func (m *Model) providerNames() string {
	var names string
	last := ""
	for _, c := range m.o.Backend.Providers() {
		if c.ProviderName == last {
			continue
		}
		last = c.ProviderName
		if names != "" {
			names += ", "
		}
		names += cells.Clean(c.ProviderName)
	}
	return names
}

func (p *accountsPage) emptyBinds(m *Model) []bind {
	quit := bind{Binding: keys("q", "quit", "q"), long: "quit", group: groupWindow, foot: 4, do: m.quit}
	if m.waking { // the menu is not shown
		return []bind{addBind(m), quit}
	}
	choices := p.choices(m)
	binds := []bind{{
		Binding: keys("enter", "choose", "enter"), long: "do what the cursor is on", group: groupAccounts, foot: 1,
		do: choices[min(p.menu, len(choices)-1)].do,
	}, addBind(m)}
	binds = append(binds, m.importBinds()...)
	binds = append(binds, p.moves(m)...)
	return append(binds, bind{
		Binding: keys("?", "help", "?"), foot: 3, do: choices[len(choices)-1].do,
	}, quit)
}

// drawEmpty draws the menu of somebody who has no account yet.
func (p *accountsPage) drawEmpty(m *Model, f *frame, w int) {
	in := &m.theme.Plain
	f.add("", "  "+in.Strong.Render("No accounts yet"))
	for _, line := range cells.Wrap("Sign in once; every program then gets a fresh token for each request.", min(w-4, 76)) {
		f.add("  " + in.Fg.Render(line))
	}
	f.add("")
	for i, c := range p.choices(m) {
		row := m.gutter(i == p.menu) + " " + in.Key.Render(c.key) + "   "
		ink := in.Fg
		if i == p.menu {
			ink = in.Strong
			f.cursor = cursorAt(0, len(f.lines))
		}
		row += ink.Render(cells.Left(c.text, 26, m.glyphs.More))
		if w >= 76 {
			row += "  " + in.Muted.Render(cells.Cut(c.note, w-36, m.glyphs.More))
		}
		f.add(row)
	}
	if m.snap.Store.Kind == "file" && m.snap.Store.Reason != "" && !m.narrow() {
		f.add("")
		text := "No OS keyring answers here: tokens go into an encrypted file. ? says more."
		for _, line := range cells.Wrap(text, min(w-4, 76)) {
			f.add("  " + in.Muted.Render(line))
		}
	}
	f.bottom(m.height, append(m.notice(w), "  "+m.footer(p.emptyBinds(m), w-3))...)
}
