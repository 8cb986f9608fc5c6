package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
)

// window is what a page sees of the window: what is known, what is said at the
// foot, the pages, and a host for the rest.
type window struct {
	*known
	*voice
	*pages
	host

	o       *Options
	ctx     context.Context // ends with the window
	undos   undos
	written map[string]bool // programs whose files this window has written
	firstRun
	noMouse bool // the mouse is the terminal's
}

// host does for a page what concerns the whole window.
type host interface {
	// take shows a newer snapshot.
	take(snap core.Snapshot)
	// theme is the name of the theme, which setTheme changes.
	theme() string
	setTheme(name string)
	// suspend gives the terminal to the shell, and quit ends the window.
	suspend() tea.Cmd
	quit() tea.Cmd
}

func newWindow(ctx context.Context, k *known, o *Options, h host) *window {
	return &window{known: k, voice: &voice{known: k}, pages: &pages{accounts: &accountsPage{}}, host: h, o: o, ctx: ctx}
}

// push shows a page above the others. What was said spoke about what was shown
// before.
func (win *window) push(p page) {
	win.stack = append(win.stack, p)
	win.hush()
}

// do runs something that may wait, and bounds it. What it comes to is a message.
func (win *window) do(f func(ctx context.Context) tea.Msg) tea.Cmd {
	parent := win.ctx
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, actionTime)
		defer cancel()
		return f(ctx)
	}
}
