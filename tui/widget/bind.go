package widget

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// Bind is one key of a page: what it matches, what it is called, and what it
// does. Pages list only keys that do something now, so footer and help are
// always true.
type Bind struct {
	key.Binding        // its Help is what the footer shows
	Long        string // what the help page says; empty: not there
	Group       string // heading on the help page
	Foot        int    // place in line for the footer: 1 stays longest, 0 is never shown
	Once        bool   // auto-repeat is ignored
	Answer      bool   // it answers a question, which is not done by pointing
	Palette     bool   // it opens the palette, so it is not in it
	Words       string // other words by which the palette finds it
	Do          func() tea.Cmd
}

// Press runs the binding that the key matches, if there is one.
func Press(binds []Bind, msg tea.KeyPressMsg) tea.Cmd {
	cmd, _ := Pressed(binds, msg)
	return cmd
}

// Pressed is [Press] that says whether a binding matched.
func Pressed(binds []Bind, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	for _, b := range binds {
		if !key.Matches(msg, b.Binding) {
			continue
		}
		if b.Once && msg.IsRepeat {
			return nil, true
		}
		return b.Do(), true
	}
	return nil, false
}

// Keys makes a binding of some keys, shown as name with a short description.
func Keys(name, short string, all ...string) key.Binding {
	return key.NewBinding(key.WithKeys(all...), key.WithHelp(name, short))
}

// footing are the keys that the footer shows in w cells, and the cells between two. The
// less important ones are left out.
func footing(binds []Bind, w int) (shown []Bind, gap int) {
	gap = 3
	if w < 70 {
		gap = 2
	}
	limit := 0
	for _, b := range binds {
		limit = max(limit, b.Foot)
	}
	for ; limit > 0; limit-- {
		total := -gap
		for _, b := range binds {
			if b.Foot > 0 && b.Foot <= limit {
				total += gap + b.footWidth()
			}
		}
		if total <= w {
			break
		}
	}
	for _, b := range binds {
		if b.Foot > 0 && b.Foot <= limit {
			shown = append(shown, b)
		}
	}
	return shown, gap
}

func (b Bind) footWidth() int { return cells.Width(b.Help().Key) + 1 + cells.Width(b.Help().Desc) }

// Footer sets the keys' short forms into w cells, in the order that they are listed.
func (m *Common) Footer(binds []Bind, w int) string {
	shown, gap := footing(binds, w)
	var line string
	for i, b := range shown {
		if i > 0 {
			line += cells.Blank(gap)
		}
		line += m.Theme.Plain.Key.Render(b.Help().Key) + " " + m.Theme.Plain.Muted.Render(b.Help().Desc)
	}
	return line
}

// FootAt is the key that a footer of w cells shows in a column of it.
func (m *Common) FootAt(binds []Bind, w, x int) (Bind, bool) {
	shown, gap := footing(binds, w)
	at := 0
	for _, b := range shown {
		if x >= at && x < at+b.footWidth() {
			return b, true
		}
		at += b.footWidth() + gap
	}
	return Bind{}, false
}
