package tui

import (
	"time"

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
			win.say("A click selects, a double click opens, column heads sort.")
		}
		win.memory.NoMouse = win.noMouse
		return remember(win)
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
	row, line := mouse.Y-p.in(win).top(), p.first+mouse.Y-p.in(win).top()
	list, _ := win.panes()
	switch {
	case mouse.Button != tea.MouseLeft || p.sheet != nil || mouse.X >= list || len(p.order) == 0:
		return nil
	case row == -1 && !win.Narrow():
		if by, ok := headAt(win.listColumns(list), mouse.X); ok {
			return p.sortToggled(win, by)
		}
		return nil
	case row < 0 || row >= p.rows || line >= p.in(win).lines():
		return nil
	}
	at, head := p.in(win).rowAt(line)
	if head != nil {
		return nil
	}
	p.selectAt(win, at)
	if p.clicks.double(p.id, win.now) {
		return enterBind(win, win.all[p.order[at]]).Do()
	}
	return nil
}

// sortToggled sorts by the column that was clicked, or by place in the pool where that
// is so already.
func (p *accountsPage) sortToggled(win *window, by sorting) tea.Cmd {
	if p.sort == by {
		by = byPool
	}
	return p.sortBy(win, by)
}

// doubleClick is how long after the first click the second one comes at the latest.
const doubleClick = 500 * time.Millisecond

// clicks tells double clicks from two.
type clicks struct {
	on string // the row of the last click
	at time.Time
}

// double says whether a click is the second one on its row.
func (c *clicks) double(on string, now time.Time) bool {
	second := c.on == on && !c.at.IsZero() && now.Sub(c.at) <= doubleClick
	*c = clicks{on, now}
	if second {
		*c = clicks{}
	}
	return second
}

// clickFoot presses the key of the footer that was clicked, where there is one: a notice
// may stand in its place. A question is not answered by pointing.
func (m *Model) clickFoot(mouse tea.Mouse) (tea.Cmd, bool) {
	if mouse.Button != tea.MouseLeft || mouse.Y != m.Height-1 || m.typing() || !m.frame().Footed {
		return nil, false
	}
	b, ok := m.FootAt(m.top().binds(m.window), m.Inner()-3, mouse.X-2)
	if !ok || b.Answer {
		return nil, false
	}
	return b.Do(), true
}

// wheel moves through the list.
func (p *accountsPage) wheel(win *window, mouse tea.Mouse) tea.Cmd {
	if p.sheet != nil {
		return nil
	}
	return p.move(win, widget.WheelBy(mouse))
}

// top is the line of the first row.
func (p listing) top() int {
	if p.win.Narrow() {
		return 1
	}
	return 3
}
