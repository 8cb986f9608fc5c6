package tui

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// poolPage shows every pool: who serves next and why the others do not.
type poolPage struct {
	id   string // of the selected account
	here int    // its line, as far as that is known
	poolLines
	filtering
	first  int // first line that is shown
	top    int // where that was drawn
	room   int // how many lines were shown last
	clicks clicks
}

// poolLine is a line of the page: an account, or with member below zero the
// pool's title, its rule, or nothing.
type poolLine struct{ pool, member int }

const (
	poolTitle = -1 - iota
	poolRule
	poolGap
)

// linesOf are the lines of all pools.
func linesOf(pools []core.Pool) []poolLine {
	var lines []poolLine
	for i := range pools {
		if i > 0 {
			lines = append(lines, poolLine{i, poolGap})
		}
		lines = append(lines, poolLine{i, poolTitle}, poolLine{i, poolRule})
		for k := range pools[i].Members {
			lines = append(lines, poolLine{i, k})
		}
	}
	return lines
}

// poolBind opens the page.
func (win *window) poolBind() widget.Bind {
	return widget.Bind{
		Binding: widget.Keys("p", "pool", "p"), Long: "who serves next, and why", Group: groupAccounts, Foot: 7,
		Do: func() tea.Cmd { win.push(&poolPage{id: win.accounts.id}); return nil },
	}
}

// at is the line of the selected account; one that is gone is the first.
func (p *poolPage) at(win *window) int {
	is := func(l poolLine) bool {
		return l.member >= 0 && win.places.pools[l.pool].Members[l.member].ID == p.id
	}
	if p.here < len(p.lines) && is(p.lines[p.here]) {
		return p.here
	}
	found := 0
	for i, l := range p.lines {
		if is(l) {
			return i
		}
		if l.member < 0 {
			continue
		}
		if found == 0 {
			found = i
		}
	}
	return found
}

// selected is the account under the cursor, and its pool.
func (p *poolPage) selected(win *window) (core.Member, core.Pool, bool) {
	if at := p.at(win); at < len(p.lines) {
		l := p.lines[at]
		return win.places.pools[l.pool].Members[l.member], win.places.pools[l.pool], true
	}
	return core.Member{}, core.Pool{}, false
}

// move goes to the account that is some rows away.
func (p *poolPage) move(win *window, by int) func() tea.Cmd {
	return func() tea.Cmd {
		step := 1
		if by < 0 {
			step, by = -1, -by
		}
		for at := p.at(win) + step; by > 0 && at >= 0 && at < len(p.lines); at += step {
			if l := p.lines[at]; l.member >= 0 {
				p.id, p.here = win.places.pools[l.pool].Members[l.member].ID, at
				by--
			}
		}
		return nil
	}
}

func (p *poolPage) update(win *window, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.MouseWheelMsg:
		return p.move(win, widget.WheelBy(msg.Mouse()))()
	case tea.MouseClickMsg:
		return p.click(win, msg.Mouse())
	}
	if p.typing {
		cmd, _ := p.typed(msg, p.editBinds(win))
		return cmd
	}
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		cmd, did := widget.Pressed(p.binds(win), msg)
		if !did {
			win.sayWhyNot(p.whyNot(win, msg.String()))
		}
		return cmd
	}
	return nil
}

// click selects a row, and opens it with the second one.
func (p *poolPage) click(win *window, mouse tea.Mouse) tea.Cmd {
	at := p.first + mouse.Y - p.top
	if mouse.Button != tea.MouseLeft || mouse.Y < p.top || at >= min(p.first+p.room, len(p.lines)) || p.lines[at].member < 0 || at == p.sticky(p.at(win)) {
		return nil
	}
	p.id = win.places.pools[p.lines[at].pool].Members[p.lines[at].member].ID
	if p.clicks.double(p.id, win.now) {
		return p.open(win, p.id)
	}
	return nil
}

// open shows everything about an account.
func (p *poolPage) open(win *window, id string) tea.Cmd {
	win.accounts.selectID(win, id)
	win.push(&detailsPage{id: id})
	return nil
}

func (p *poolPage) binds(win *window) []widget.Bind {
	binds := append(p.filterBinds(), backBind(win, "q", "left"))
	if p.filter.Empty() {
		binds = append([]widget.Bind{backBind(win, "q", "left")}, p.filterBinds()...)
	}
	if member, of, ok := p.selected(win); ok {
		next := nextStrategy(of.Strategy)
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("s", "strategy", "s"), Long: "spread requests differently", Group: groupAccounts, Foot: 3,
			Do: func() tea.Cmd { return win.acts().setStrategy(of, next) },
		})
		for _, s := range pool.Strategies() {
			if s != of.Strategy {
				binds = append(binds, widget.Bind{
					Long: "strategy: " + s.Words(), Group: groupAccounts,
					Do: func() tea.Cmd { return win.acts().setStrategy(of, s) },
				})
			}
		}
		a := *member.Account
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("enter", "details", "enter"), Long: "everything about it", Group: groupAccount, Foot: 2,
			Do: func() tea.Cmd { return p.open(win, a.ID) },
		})
		binds = append(binds, pauseBind(win, a))
		if win.state(a) == core.CoolingDown {
			binds = append(binds, widget.Bind{
				Binding: widget.Keys("x", "clear cool-down", "x"), Long: "clear its cool-down", Group: groupAccount, Foot: 4, Once: true,
				Do: func() tea.Cmd { return win.acts().clearCooldown(a) },
			})
		}
	}
	binds = append(binds, win.topBind(5))
	page := max(p.room-1, 1)
	all := len(p.lines)
	binds = append(append(binds, p.reorderBinds(win)...), win.undoBinds()...)
	return append(binds,
		win.paletteBind(p), helpBind(win, p, "pool"),
		widget.Bind{Binding: widget.Keys("up down", "", "up", "k"), Long: "one row; also k j", Group: groupMove, Do: p.move(win, -1)},
		widget.Bind{Binding: widget.Keys("down", "", "down", "j"), Do: p.move(win, 1)},
		widget.Bind{Binding: widget.Keys("pgup pgdn", "", "pgup"), Long: "a page", Group: groupMove, Do: p.move(win, -page)},
		widget.Bind{Binding: widget.Keys("pgdn", "", "pgdown"), Do: p.move(win, page)},
		widget.Bind{Binding: widget.Keys("home", "", "g", "home"), Do: p.move(win, -all)},
		widget.Bind{Binding: widget.Keys("end", "", "G", "end"), Do: p.move(win, all)},
	)
}

func (p *poolPage) counting(win *window) time.Duration {
	var every time.Duration
	for _, l := range p.lines[min(p.first, len(p.lines)):min(p.first+p.room, len(p.lines))] {
		if l.member >= 0 {
			if a := win.places.pools[l.pool].Members[l.member].Account; a.Cooldown.Holds(win.now) {
				every = sooner(every, time.Second)
			}
		}
	}
	return every
}

func (p *poolPage) headed(win *window) widget.Frame {
	f := win.Page("Pool", "who serves next", say.Plural(len(win.places.pools), "pool", "pools"))
	if !win.Low() {
		f.Add("")
	}
	return f
}

// derive decides which lines are shown, the selected one among them.
func (p *poolPage) derive(win *window) {
	p.renew(win, p.filter.Value())
	p.top = len(p.headed(win).Lines)
	p.room = max(win.Height-p.top-1-max(1, len(win.notice(win.Inner()))), 1)
	at := p.at(win)
	p.here = at
	p.first = max(min(p.first, len(p.lines)-p.room), 0)
	if at < p.first+2 { // with the title of its pool
		p.first = max(at-2, 0)
	}
	if at >= p.first+p.room {
		p.first = at - p.room + 1
	}
}

func (p *poolPage) view(win *window) widget.Frame {
	w := win.Inner()
	f, at := p.headed(win), p.at(win)
	sticky := p.sticky(at)
	for i := p.first; i < min(p.first+p.room, len(p.lines)); i++ {
		l := p.lines[i]
		if i == sticky {
			l.member = poolTitle
		}
		of := &win.places.pools[l.pool]
		switch l.member {
		case poolGap:
			f.Add("")
		case poolTitle:
			title := cells.Cut(cells.Clean(of.Name), w-3, win.Glyphs.More)
			line := "  " + win.Theme.Plain.Strong.Render(title)
			if sum := planSumWords(win.places.sums[of.ID], w-cells.Width(title)-5); sum != "" {
				line += "  " + win.Theme.Plain.Muted.Render(sum)
			}
			f.Add(line)
		case poolRule:
			words := of.Strategy.Words() + ": " + of.Strategy.Rule()
			if cells.Width(words) > w-3 {
				words, _, _ = strings.Cut(words, ";")
			}
			f.Add("  " + win.Theme.Plain.Muted.Render(cells.Cut(words, w-3, win.Glyphs.More)))
		default:
			if i == at {
				f.Cursor = widget.CursorAt(0, len(f.Lines))
			}
			f.Add(memberRow(win, of.Members[l.member], l.member, w, i == at))
		}
	}
	if len(p.lines) == 0 {
		f.Add(p.noMatch(win, w))
	}
	foot, cursor := p.foot(win, w)
	notice := win.notice(w)
	if notice == nil {
		notice = []string{""}
	}
	f.Foot(win.Height, foot, notice...)
	if cursor != nil {
		f.Cursor = cursor
	}
	return f
}

// widestMember is over how many cells the row of a member spreads.
const widestMember = 110

// memberRow draws an account with its place in the pool, and why it serves or
// does not.
func memberRow(win *window, member core.Member, place, w int, selected bool) string {
	in, more := &win.Theme.Plain, win.Glyphs.More
	if selected {
		in = &win.Theme.Selected
	}
	state := win.state(*member.Account)
	name := in.Fg
	if selected {
		name = in.Strong
	}
	all := widget.Layout(min(w, widestMember), widget.Column{Gap: 1, Width: 4}, widget.Column{Gap: 3, Width: max(min(w/4, 28), 12)},
		widget.Column{Gap: 2, Width: 31, Stretch: true}, widget.Column{Width: 18, Rank: 1}, widget.Column{Gap: 2})
	number, label, rest, count := all[0], all[1], all[2], all[3]
	line := win.Gutter(selected) + in.Muted.Render(cells.Right(say.Thousands(uint64(place+1)), number, "")+" ") +
		stateInk(in, state).Render(StateGlyph(win.Glyphs, state)) + name.Render(" "+cells.Left(cells.Clean(member.Label), label, more)+"  ") +
		in.Fg.Render(cells.Left(win.standing(member, rest), rest, more)+" ")
	if count > 0 {
		requests := say.Thousands(member.Requests) + " requests"
		if member.Requests == 1 {
			requests = "1 request"
		}
		line += in.Muted.Render(cells.Right(requests, count, more))
	}
	return line + in.Fg.Render(cells.Blank(w-cells.Width(line)))
}
