package tui

import (
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// key handles what works on every screen and gives the rest to the page.
func (m *Model) key(msg tea.KeyPressMsg) tea.Cmd {
	if msg.Code > 0 && msg.Code < utf8.RuneSelf {
		// On a layout with Latin letters a key is what it says; on any other it
		// is what stands there on a US keyboard.
		msg.BaseCode = 0
	}
	if cmd, ok := widget.Pressed(m.always(), msg); ok {
		return cmd
	}
	if m.TooSmall() {
		return nil
	}
	m.toast.seen(m.now)
	return m.top().update(m.window, msg)
}

// quit ends the window, and with it every sign-in under way.
func (m *Model) quit() tea.Cmd {
	m.leaving = true
	m.cancel()
	return tea.Quit
}

// backBind leaves a page.
func backBind(win *window, more ...string) widget.Bind {
	return widget.Bind{
		Binding: widget.Keys("esc", "back", append([]string{"esc"}, more...)...), Long: "one step back", Group: groupWindow, Foot: 1,
		Do: win.pop,
	}
}
