package tui

import (
	tea "charm.land/bubbletea/v2"
)

// scroller shows as many lines of a text as fit, and moves through the rest.
type scroller struct {
	body        []string
	first, room int // first line shown, lines that fit
}

// fit takes the text and how many lines of it are shown.
func (s *scroller) fit(body []string, room int) {
	s.body, s.room = body, max(room, 1)
	s.first = max(min(s.first, len(body)-s.room), 0)
}

// read takes the text of a page that begins with head, and what is in view of it
// below that.
func (s *scroller) read(m *common, head frame, body []string) {
	s.fit(body, m.height-len(head.lines)-1)
}

// shown is the part that is in view.
func (s *scroller) shown() []string { return s.body[s.first:min(s.first+s.room, len(s.body))] }

func (s *scroller) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		s.first = max(min(s.first+by, len(s.body)-s.room), 0)
		return nil
	}
}

// binds are the keys that scroll; none while everything fits.
func (s *scroller) binds() []bind {
	all := len(s.body)
	if all <= s.room {
		return nil
	}
	page := max(s.room-1, 1)
	more := 2
	if s.first+s.room >= all {
		more = 0
	}
	return []bind{
		{Binding: keys("down", "more", "down", "j"), foot: more, do: s.move(1)},
		{Binding: keys("up", "", "up", "k"), do: s.move(-1)},
		{Binding: keys("pgdn", "", "pgdown", "space"), do: s.move(page)},
		{Binding: keys("pgup", "", "pgup"), do: s.move(-page)},
		{Binding: keys("home", "", "home", "g"), do: s.move(-all)},
		{Binding: keys("end", "", "end", "G"), do: s.move(all)},
	}
}

// mouse scrolls.
func (s *scroller) mouse(msg tea.Msg) {
	if msg, ok := msg.(tea.MouseWheelMsg); ok {
		s.move(wheelBy(msg.Mouse()))()
	}
}
