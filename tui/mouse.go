package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// mouseBind takes the mouse or lets it go, so that the terminal's own selection
// works again.
func (win *window) mouseBind() widget.Bind {
	long := "mouse off, to select text"
	if win.noMouse {
		long = "mouse on again"
	}
	return widget.Bind{Binding: widget.Keys("m", "mouse", "m"), Long: long, Group: groupWindow, Do: func() tea.Cmd {
		win.noMouse = !win.noMouse
		if win.noMouse {
			win.say("The mouse is the terminal's again; m takes it back.")
		} else {
			win.say("A click selects, the wheel scrolls.")
		}
		return nil
	}}
}

// mouseMode is what of the mouse is asked for.
func (m *Model) mouseMode() tea.MouseMode {
	if m.noMouse || m.TooSmall() {
		return tea.MouseModeNone
	}
	return tea.MouseModeCellMotion
}

// click selects a row. A question is not answered by pointing.
func (p *accountsPage) click(win *window, mouse tea.Mouse) tea.Cmd {
	row := mouse.Y - p.top(win)
	if mouse.Button != tea.MouseLeft || p.sheet != nil || row < 0 || row >= p.rows {
		return nil
	}
	if at := p.first + row; at < len(p.order) {
		p.selectAt(win, at)
	}
	return nil
}

// wheel moves through the list.
func (p *accountsPage) wheel(win *window, mouse tea.Mouse) tea.Cmd {
	if p.sheet != nil {
		return nil
	}
	return p.move(win, widget.WheelBy(mouse))
}

// top is the line of the first row.
func (p *accountsPage) top(win *window) int {
	if win.Narrow() {
		return 1
	}
	return 3
}
