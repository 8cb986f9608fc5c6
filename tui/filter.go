package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// finder finds accounts in the list: by what is typed, by what needs its person.
type finder struct {
	*accountsPage
	win *window
}

func (p *accountsPage) find(win *window) finder { return finder{p, win} }

// edit handles a message while the filter is being edited.
func (p finder) edit(msg tea.Msg) tea.Cmd {
	cmd, text := p.typed(msg, p.editBinds())
	if text {
		p.list(p.win)
	}
	return cmd
}

// editBinds are the keys that are no text.
func (p finder) editBinds() []widget.Bind {
	return p.typingBinds(p.clearFilter, func(by int) tea.Cmd { return p.move(p.win, by) })
}

func (p finder) clearFilter() tea.Cmd {
	if p.typing {
		p.id = p.before
	}
	p.filter, p.typing = widget.Field{}, false
	p.list(p.win)
	return nil
}

// filterBinds find accounts.
func (p finder) filterBinds() []widget.Bind {
	binds := []widget.Bind{{
		Binding: widget.Keys("/", "filter", "/"), Long: "list only what matches", Group: groupFind, Foot: 5,
		Do: func() tea.Cmd { p.typing, p.before = true, p.id; return nil },
	}}
	if !p.filter.Empty() && len(p.marks) == 0 {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("esc", "clear the filter", "esc"), Long: "list everything again", Group: groupFind, Foot: 2,
			Do: func() tea.Cmd { return p.clearFilter() },
		})
	}
	if p.win.places.urgent > 0 || len(p.win.attempts.running) > 0 {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("n", "next that needs you", "n"), Long: "to the next that needs you", Group: groupFind,
			Do: func() tea.Cmd { return p.nextUrgent() },
		})
	}
	binds = append(binds, widget.Bind{
		Binding: widget.Keys("o", "sort", "o"), Long: "sort in another way", Group: groupFind,
		Do: func() tea.Cmd { return p.sortNext(p.win) },
	})
	for _, by := range sortings {
		binds = append(binds, widget.Bind{Long: "sort by " + by.words(), Group: groupFind, Do: func() tea.Cmd { return p.sortBy(p.win, by) }})
	}
	return binds
}

// nextUrgent goes to the next account that needs its person, from the top again after
// the last.
func (p finder) nextUrgent() tea.Cmd {
	for i := range p.order {
		row := (p.index + 1 + i) % len(p.order)
		if p.win.needsYou(&p.win.all[p.order[row]]) {
			p.selectAt(p.win, row)
			if i == len(p.order)-1 {
				p.win.say("No other account needs you.")
			}
			return nil
		}
	}
	p.win.say("None of the accounts that are listed needs you.")
	return nil
}

// foot is the last line: the keys, or the filter while it is being edited, with
// the cursor in it.
func (p *accountsPage) foot(win *window, w int) (string, *tea.Cursor) {
	if !p.typing {
		return win.Footer(p.binds(win), w-3), nil
	}
	return p.line(win, w, p.find(win).editBinds())
}

// drawNoMatch says that nothing matches, and how to get everything back.
func (p finder) drawNoMatch(f *widget.Frame, w int) {
	f.Add("", p.noMatch(p.win, w))
	if !p.typing {
		f.Add("  " + p.win.Theme.Plain.Muted.Render("esc lists everything again"))
	}
	foot, cursor := p.foot(p.win, w)
	f.Foot(p.win.Height, foot)
	f.Cursor = cursor
}
