package widget

import (
	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// Scroller shows as many lines of a text as fit, and moves through the rest.
type Scroller struct {
	body        []string
	First, room int // first line shown, lines that fit
	Left, wide  int // first column shown, how many of them there are beyond the window
}

// panStep is how many columns one key goes to the side.
const panStep = 16

// fit takes the text and how many lines of it are shown.
func (s *Scroller) fit(body []string, room int) {
	s.body, s.room = body, max(room, 1)
	s.First = max(min(s.First, len(body)-s.room), 0)
}

// Read takes the text of a page that begins with head, and what is in view of it
// below that.
func (s *Scroller) Read(m *Common, head Frame, body []string) {
	s.fit(body, m.Height-len(head.Lines)-1)
	s.wide = 0
	for _, line := range body {
		s.wide = max(s.wide, cells.Width(line)+1-m.Inner())
	}
	s.Left = min(s.Left, s.wide)
}

// PanBinds are the keys that show lines which are wider than the window; none while all
// fit.
func (s *Scroller) PanBinds() []Bind {
	to := func(by int) func() tea.Cmd {
		return func() tea.Cmd { s.Left = max(min(s.Left+by, s.wide), 0); return nil }
	}
	var binds []Bind
	if s.Left > 0 {
		binds = append(binds, Bind{Binding: Keys("left", "", "left"), Do: to(-panStep)})
	}
	if s.Left < s.wide {
		binds = append(binds, Bind{Binding: Keys("right", "rest of the lines", "right"), Long: "the rest of long lines", Group: "MOVE", Foot: 3, Do: to(panStep)})
	}
	return binds
}

// Shown is the part that is in view.
func (s *Scroller) Shown() []string {
	lines := s.body[s.First:min(s.First+s.room, len(s.body))]
	if s.Left == 0 {
		return lines
	}
	moved := make([]string, len(lines))
	for i, line := range lines {
		moved[i] = ansi.TruncateLeft(line, s.Left, "")
	}
	return moved
}

func (s *Scroller) move(by int) func() tea.Cmd {
	return func() tea.Cmd {
		s.First = max(min(s.First+by, len(s.body)-s.room), 0)
		return nil
	}
}

// Binds are the keys that scroll; none while everything fits.
func (s *Scroller) Binds() []Bind {
	all := len(s.body)
	if all <= s.room {
		return nil
	}
	page := max(s.room-1, 1)
	more := 2
	if s.First+s.room >= all {
		more = 0
	}
	return []Bind{
		{Binding: Keys("down", "more", "down", "j"), Foot: more, Do: s.move(1)},
		{Binding: Keys("up", "", "up", "k"), Do: s.move(-1)},
		{Binding: Keys("pgdn", "", "pgdown", "space"), Do: s.move(page)},
		{Binding: Keys("pgup", "", "pgup"), Do: s.move(-page)},
		{Binding: Keys("home", "", "home", "g"), Do: s.move(-all)},
		{Binding: Keys("end", "", "end", "G"), Do: s.move(all)},
	}
}

// Mouse scrolls.
func (s *Scroller) Mouse(msg tea.Msg) {
	if msg, ok := msg.(tea.MouseWheelMsg); ok {
		s.move(WheelBy(msg.Mouse()))()
	}
}

// Reveal scrolls so far that a line is in view, with some lines below it.
func (s *Scroller) Reveal(line, below int) {
	s.First = min(s.First, line)
	s.First = max(s.First, min(line+below, len(s.body))-s.room)
	if line < s.First || line == s.First && line <= 2 {
		s.First = max(line-2, 0)
	}
}
