package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// poolLines are the lines of a page, and what they were made of.
type poolLines struct {
	lines   []poolLine
	words   string // of the filter
	changes uint64 // of the window
	until   time.Time
}

// renew makes the lines anew where that is due: once something else is typed, or the
// accounts or their states have changed.
func (l *poolLines) renew(win *window, filter string) {
	if l.changes == win.changes && l.words == filter && !past(l.until, win.now) {
		return
	}
	*l = poolLines{words: filter, changes: win.changes}
	words := strings.Fields(strings.ToLower(filter))
	if len(words) == 0 {
		l.lines = win.places.lines
		return
	}
	l.match(win, words)
}

// match makes them the lines of the accounts that match, and of their pools.
func (l *poolLines) match(win *window, words []string) {
	for i := range win.places.pools {
		begun := false
		for n, member := range win.places.pools[i].Members {
			l.until = win.nextState(l.until, member.Account)
			if !win.matches(member.Account, words) {
				continue
			}
			if !begun && len(l.lines) > 0 {
				l.lines = append(l.lines, poolLine{i, poolGap})
			}
			if !begun {
				l.lines, begun = append(l.lines, poolLine{i, poolTitle}, poolLine{i, poolRule}), true
			}
			l.lines = append(l.lines, poolLine{i, n})
		}
	}
}

func (p *poolPage) editBinds(win *window) []widget.Bind {
	return p.typingBinds(p.clear, func(by int) tea.Cmd { return p.move(win, by)() })
}

func (p *poolPage) clear() tea.Cmd {
	p.filter, p.typing = widget.Field{}, false
	return nil
}

// filterBinds find accounts; esc lists all of them again before it leaves the page.
func (p *poolPage) filterBinds() []widget.Bind {
	binds := []widget.Bind{{
		Binding: widget.Keys("/", "filter", "/"), Long: "list only what matches", Group: groupFind, Foot: 4,
		Do: func() tea.Cmd { p.typing = true; return nil },
	}}
	if !p.filter.Empty() {
		binds = append(binds, widget.Bind{Binding: widget.Keys("esc", "clear the filter", "esc"), Long: "list everything again", Group: groupFind, Foot: 1, Do: p.clear})
	}
	return binds
}

// foot is the last line: the keys, or what is typed, with the cursor in it.
func (p *poolPage) foot(win *window, w int) (string, *tea.Cursor) {
	if !p.typing {
		return win.Footer(p.binds(win), w-3), nil
	}
	return p.line(win, w, p.editBinds(win))
}

// sticky is the line whose pool is named in the first line that is shown, because its
// title is above; -1 where the title is in view, or there is no room for it.
func (p *poolPage) sticky(at int) int {
	if p.first >= len(p.lines) || p.first >= at || p.room < 3 || p.lines[p.first].member == poolTitle || p.lines[p.first].member == poolGap {
		return -1
	}
	return p.first
}
