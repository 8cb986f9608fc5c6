package tui

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// bind is one key of a page: what it matches, what it is called, and what it
// does. Pages list only keys that do something now, so footer and help are
// always true.
type bind struct {
	key.Binding        // its Help is what the footer shows
	long        string // what the help page says; empty: not there
	group       string // heading on the help page
	foot        int    // place in line for the footer: 1 stays longest, 0 is never shown
	once        bool   // auto-repeat is ignored
	palette     bool   // it opens the palette, so it is not in it
	do          func() tea.Cmd
}

// press runs the binding that the key matches, if there is one.
func press(binds []bind, msg tea.KeyPressMsg) tea.Cmd {
	cmd, _ := pressed(binds, msg)
	return cmd
}

// pressed is press that says whether a binding matched.
func pressed(binds []bind, msg tea.KeyPressMsg) (tea.Cmd, bool) {
	for _, b := range binds {
		if !key.Matches(msg, b.Binding) {
			continue
		}
		if b.once && msg.IsRepeat {
			return nil, true
		}
		return b.do(), true
	}
	return nil, false
}

// keys makes a binding of some keys, shown as name with a short description.
func keys(name, short string, all ...string) key.Binding {
	return key.NewBinding(key.WithKeys(all...), key.WithHelp(name, short))
}

// footer sets the keys' short forms into w cells, leaving out the less
// important ones, in the order that they are listed.
func (m *common) footer(binds []bind, w int) string {
	gap := 3
	if w < 70 {
		gap = 2
	}
	limit := 0
	for _, b := range binds {
		limit = max(limit, b.foot)
	}
	for ; limit > 0; limit-- {
		total := -gap
		for _, b := range binds {
			if b.foot > 0 && b.foot <= limit {
				total += gap + cells.Width(b.Help().Key) + 1 + cells.Width(b.Help().Desc)
			}
		}
		if total <= w {
			break
		}
	}
	var line string
	for _, b := range binds {
		if b.foot == 0 || b.foot > limit {
			continue
		}
		if line != "" {
			line += cells.Blank(gap)
		}
		line += m.theme.Plain.Key.Render(b.Help().Key) + " " + m.theme.Plain.Muted.Render(b.Help().Desc)
	}
	return line
}
