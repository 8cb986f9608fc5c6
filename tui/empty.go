package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
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

func (p *accountsPage) emptyBinds(m *Model) []widget.Bind {
	quit := widget.Bind{Binding: widget.Keys("q", "quit", "q"), Long: "quit", Group: groupWindow, Foot: 4, Do: m.quit}
	if m.waking { // the menu is not shown
		return []widget.Bind{addBind(m), quit}
	}
	choices := p.choices(m)
	binds := []widget.Bind{{
		Binding: widget.Keys("enter", "choose", "enter"), Long: "do what the cursor is on", Group: groupAccounts, Foot: 1,
		Do: choices[min(p.menu, len(choices)-1)].do,
	}, addBind(m)}
	binds = append(binds, m.importBinds()...)
	binds = append(binds, p.moves(m)...)
	return append(binds, widget.Bind{
		Binding: widget.Keys("?", "help", "?"), Foot: 3, Do: choices[len(choices)-1].do,
	}, quit)
}

// drawEmpty draws the menu of somebody who has no account yet.
func (p *accountsPage) drawEmpty(m *Model, f *widget.Frame, w int) {
	in := &m.Theme.Plain
	f.Add("", "  "+in.Strong.Render("No accounts yet"))
	for _, line := range cells.Wrap("Sign in once; every program then gets a fresh token for each request.", min(w-4, 76)) {
		f.Add("  " + in.Fg.Render(line))
	}
	f.Add("")
	for i, c := range p.choices(m) {
		row := m.Gutter(i == p.menu) + " " + in.Key.Render(c.key) + "   "
		ink := in.Fg
		if i == p.menu {
			ink = in.Strong
			f.Cursor = widget.CursorAt(0, len(f.Lines))
		}
		row += ink.Render(cells.Left(c.text, 26, m.Glyphs.More))
		if w >= 76 {
			row += "  " + in.Muted.Render(cells.Cut(c.note, w-36, m.Glyphs.More))
		}
		f.Add(row)
	}
	if m.snap.Store.Kind == "file" && m.snap.Store.Reason != "" && !m.Narrow() {
		f.Add("")
		text := "No OS keyring answers here: tokens go into an encrypted file. ? says more."
		for _, line := range cells.Wrap(text, min(w-4, 76)) {
			f.Add("  " + in.Muted.Render(line))
		}
	}
	f.Bottom(m.Height, append(m.notice(w), "  "+m.Footer(p.emptyBinds(m), w-3))...)
}
