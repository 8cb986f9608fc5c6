package widget

import (
	"strings"

	tea "charm.land/bubbletea/v2"
)

// Picker chooses a line of a list by moving or by typing: whatever is typed
// narrows the list to the lines in which every word is.
type Picker struct {
	Field  Field
	Cursor int   // within what matches
	First  int   // first line that is shown
	top    int   // where that was drawn
	room   int   // how many lines were shown last
	Match  []int // the lines that match
}

// Narrow finds the lines that match, of n whose words text gives.
func (p *Picker) Narrow(n int, text func(i int) string) {
	words := strings.Fields(strings.ToLower(p.Field.Value()))
	p.Match = p.Match[:0]
	for i := range n {
		line, all := strings.ToLower(text(i)), true
		for _, word := range words {
			all = all && strings.Contains(line, word)
		}
		if all {
			p.Match = append(p.Match, i)
		}
	}
	p.Cursor = max(min(p.Cursor, len(p.Match)-1), 0)
}

// Chosen is the line under the cursor.
func (p *Picker) Chosen() (int, bool) {
	if p.Cursor >= len(p.Match) {
		return 0, false
	}
	return p.Match[p.Cursor], true
}

// Fit takes where the lines are drawn and how many there is room for.
func (p *Picker) Fit(top, room int) {
	p.top, p.room = top, max(room, 1)
	p.First = max(min(p.First, len(p.Match)-p.room), 0)
	if p.Cursor < p.First {
		p.First = p.Cursor
	}
	if p.Cursor >= p.First+p.room {
		p.First = p.Cursor - p.room + 1
	}
}

// Shown are the lines in view.
func (p *Picker) Shown() []int { return p.Match[p.First:min(p.First+p.room, len(p.Match))] }

// Typed takes text; anything else is left alone.
func (p *Picker) Typed(msg tea.Msg) {
	before := p.Field.Value()
	p.Field.Update(msg)
	if p.Field.Value() != before {
		p.Cursor = 0
	}
}

func (p *Picker) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		p.Cursor = max(min(p.Cursor+by, len(p.Match)-1), 0)
		return nil
	}
}

// Moves are the keys that move the cursor; letters are text.
func (p *Picker) Moves() []Bind {
	return []Bind{
		{Binding: Keys("up", "", "up", "ctrl+p"), Do: p.move(-1)},
		{Binding: Keys("down", "", "down", "ctrl+n", "tab"), Do: p.move(1)},
		{Binding: Keys("pgup", "", "pgup"), Do: p.move(1 - p.room)},
		{Binding: Keys("pgdn", "", "pgdown"), Do: p.move(p.room - 1)},
	}
}

// Mouse chooses and scrolls.
func (p *Picker) Mouse(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		p.move(WheelBy(msg.Mouse()))()
	case tea.MouseClickMsg:
		at := p.First + msg.Y - p.top
		if msg.Button == tea.MouseLeft && msg.Y >= p.top && at < min(p.First+p.room, len(p.Match)) {
			p.Cursor = at
		}
	}
}
