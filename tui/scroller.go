package tui

import (
	tea "charm.land/bubbletea/v2"
)

// scroller shows as many lines of a text as fit, and moves through the rest.
type scroller struct {
	first, room, all int // first line shown, lines that fit, lines there are
}

// draw puts the visible part of body, and the footer of page p, below what f
// has.
func (s *scroller) draw(m *Model, f *frame, body []string, p page) {
	s.room, s.all = max(m.height-len(f.lines)-1, 1), len(body)
	s.first = max(min(s.first, s.all-s.room), 0)
	f.add(body[s.first:min(s.first+s.room, s.all)]...)
	foot := "  " + m.footer(p.binds(m), m.inner()-2)
	switch notice := m.notice(m.inner()); {
	case m.toast.text == "":
		f.bottom(m.height, foot)
	case m.low():
		f.bottom(m.height, notice...)
	default:
		f.bottom(m.height, append(notice, foot)...)
	}
}

func (s *scroller) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		s.first = max(min(s.first+by, s.all-s.room), 0)
		return nil
	}
}

// binds are the keys that scroll; none while everything fits.
func (s *scroller) binds() []bind {
	if s.all <= s.room {
		return nil
	}
	page := max(s.room-1, 1)
	more := 2
	if s.first+s.room >= s.all {
		more = 0
	}
	return []bind{
		{Binding: keys("down", "more", "down", "j"), foot: more, do: s.move(1)},
		{Binding: keys("up", "", "up", "k"), do: s.move(-1)},
		{Binding: keys("pgdn", "", "pgdown", "space"), do: s.move(page)},
		{Binding: keys("pgup", "", "pgup"), do: s.move(-page)},
		{Binding: keys("home", "", "home", "g"), do: s.move(-s.all)},
		{Binding: keys("end", "", "end", "G"), do: s.move(s.all)},
	}
}

// backBind leaves a page.
func backBind(m *Model, more ...string) bind {
	return bind{
		Binding: keys("esc", "back", append([]string{"esc"}, more...)...), long: "one step back", group: groupWindow, foot: 1,
		do: m.pop,
	}
}
