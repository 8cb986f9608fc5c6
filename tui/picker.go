package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// picker chooses a line of a list by moving or by typing: whatever is typed
// narrows the list to the lines in which every word is.
type picker struct {
	field  field
	cursor int   // within what matches
	first  int   // first line that is shown
	top    int   // where that was drawn
	room   int   // how many lines were shown last
	match  []int // the lines that match
}

// narrow finds the lines that match, of n whose words text gives.
func (p *picker) narrow(n int, text func(i int) string) {
	words := strings.Fields(strings.ToLower(p.field.value()))
	p.match = p.match[:0]
	for i := range n {
		line, all := strings.ToLower(text(i)), true
		for _, word := range words {
			all = all && strings.Contains(line, word)
		}
		if all {
			p.match = append(p.match, i)
		}
	}
	p.cursor = max(min(p.cursor, len(p.match)-1), 0)
}

// chosen is the line under the cursor.
func (p *picker) chosen() (int, bool) {
	if p.cursor >= len(p.match) {
		return 0, false
	}
	return p.match[p.cursor], true
}

// fit takes where the lines are drawn and how many there is room for.
func (p *picker) fit(top, room int) {
	p.top, p.room = top, max(room, 1)
	p.first = max(min(p.first, len(p.match)-p.room), 0)
	if p.cursor < p.first {
		p.first = p.cursor
	}
	if p.cursor >= p.first+p.room {
		p.first = p.cursor - p.room + 1
	}
}

// shown are the lines in view.
func (p *picker) shown() []int { return p.match[p.first:min(p.first+p.room, len(p.match))] }

// typed takes text; anything else is left alone.
func (p *picker) typed(msg tea.Msg) {
	before := p.field.value()
	p.field.update(msg)
	if p.field.value() != before {
		p.cursor = 0
	}
}

func (p *picker) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		p.cursor = max(min(p.cursor+by, len(p.match)-1), 0)
		return nil
	}
}

// moves are the keys that move the cursor; letters are text.
func (p *picker) moves() []bind {
	return []bind{
		{Binding: keys("up", "", "up", "ctrl+p"), do: p.move(-1)},
		{Binding: keys("down", "", "down", "ctrl+n", "tab"), do: p.move(1)},
		{Binding: keys("pgup", "", "pgup"), do: p.move(1 - p.room)},
		{Binding: keys("pgdn", "", "pgdown"), do: p.move(p.room - 1)},
	}
}

// mouse chooses and scrolls.
func (p *picker) mouse(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		p.move(wheelBy(msg.Mouse()) / wheelStep)()
	case tea.MouseClickMsg:
		at := p.first + msg.Y - p.top
		if msg.Button == tea.MouseLeft && msg.Y >= p.top && at < min(p.first+p.room, len(p.match)) {
			p.cursor = at
		}
	}
}
