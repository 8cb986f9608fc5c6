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
	Palette     bool   // it opens the palette, so it is not in it
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

// Footer sets the keys' short forms into w cells, leaving out the less
// important ones, in the order that they are listed.
func (m *Common) Footer(binds []Bind, w int) string {
	gap := 3
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
				total += gap + cells.Width(b.Help().Key) + 1 + cells.Width(b.Help().Desc)
			}
		}
		if total <= w {
			break
		}
	}
	var line string
	for _, b := range binds {
		if b.Foot == 0 || b.Foot > limit {
			continue
		}
		if line != "" {
			line += cells.Blank(gap)
		}
		line += m.Theme.Plain.Key.Render(b.Help().Key) + " " + m.Theme.Plain.Muted.Render(b.Help().Desc)
	}
	return line
}
