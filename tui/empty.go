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
func choices(win *window) []choice {
	var all []choice
	if !win.fleet.stopped() {
		all = []choice{{"a", "sign in to an account", providerNames(win), func() tea.Cmd { return addAccount(win) }}}
	}
	all = append(all, win.imports.choices(win)...)
	others, _ := win.bringOver()
	all = append(all, others...)
	return append(all, choice{
		"?", "what this program does", "", func() tea.Cmd { win.push(&textPage{title: aboutTitle, text: aboutText(win)}); return nil },
	})
}

// providerNames lists what one can sign in to: "MiniMax, Nous, xAI …".
func providerNames(win *window) string {
	var names string
	last := ""
	for _, c := range win.providers() {
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

func (p *accountsPage) emptyBinds(win *window) []widget.Bind {
	quit := widget.Bind{Binding: widget.Keys("q", "quit", "q"), Long: "quit", Group: groupWindow, Foot: 4, Do: win.quit}
	if win.waking { // the menu is not shown
		return []widget.Bind{addBind(win), quit}
	}
	all := choices(win)
	binds := []widget.Bind{{
		Binding: widget.Keys("enter", "choose", "enter"), Long: "do what the cursor is on", Group: groupAccounts, Foot: 1,
		Do: all[min(p.menu, len(all)-1)].do,
	}}
	binds = append(append(binds, addBinds(win)...), hostsBind(win)...)
	binds = append(binds, win.imports.binds(win)...)
	_, others := win.bringOver()
	binds = append(binds, others...)
	binds = append(binds, p.moves(win)...)
	return append(binds, widget.Bind{
		Binding: widget.Keys("?", "help", "?"), Foot: 3, Do: all[len(all)-1].do,
	}, win.paletteBind(p), quit)
}

// drawEmpty draws the menu of somebody who has no account yet.
func (p *accountsPage) drawEmpty(win *window, f *widget.Frame, w int) {
	in := &win.Theme.Plain
	f.Add("", "  "+in.Strong.Render("No accounts yet"))
	for _, line := range cells.Wrap("Sign in once; every program then gets a fresh token for each request.", min(w-4, 76)) {
		f.Add("  " + in.Fg.Render(line))
	}
	f.Add("")
	for i, c := range choices(win) {
		row := win.Gutter(i == p.menu) + " " + in.Key.Render(c.key) + "   "
		ink := in.Fg
		if i == p.menu {
			ink = in.Strong
			f.Cursor = widget.CursorAt(0, len(f.Lines))
		}
		row += ink.Render(cells.Left(c.text, 26, win.Glyphs.More))
		if w >= 76 {
			row += "  " + in.Muted.Render(cells.Cut(c.note, w-36, win.Glyphs.More))
		}
		f.Add(row)
	}
	if win.snap.Store.Kind == "file" && win.snap.Store.Reason != "" && !win.Narrow() {
		f.Add("")
		text := "No OS keyring answers here: tokens go into an encrypted file. ? says more."
		for _, line := range cells.Wrap(text, min(w-4, 76)) {
			f.Add("  " + in.Muted.Render(line))
		}
	}
	win.drawFound(f, w)
	f.Foot(win.Height, win.Footer(p.emptyBinds(win), w-3), win.notice(w)...)
}
