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
	return m.top().update(m, msg)
}

// quit ends the window, and with it every sign-in under way.
func (m *Model) quit() tea.Cmd {
	m.leaving = true
	m.cancel()
	return tea.Quit
}

// top is the page that is shown.
func (m *Model) top() page {
	if n := len(m.stack); n > 0 {
		return m.stack[n-1]
	}
	return m.accounts
}

func (m *Model) push(p page) {
	m.stack = append(m.stack, p)
	m.toast = toast{} // it spoke about what was shown before
}

func (m *Model) pop() tea.Cmd {
	if n := len(m.stack); n > 0 {
		m.stack = m.stack[:n-1]
	}
	return nil
}

// backBind leaves a page.
func backBind(m *Model, more ...string) widget.Bind {
	return widget.Bind{
		Binding: widget.Keys("esc", "back", append([]string{"esc"}, more...)...), Long: "one step back", Group: groupWindow, Foot: 1,
		Do: m.pop,
	}
}
