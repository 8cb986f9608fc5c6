package tui

import (
	"context"
	"fmt"
	"maps"
	"slices"
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
	id    string // of the selected account
	first int    // first line that is shown
	top   int    // where that was drawn
	room  int    // how many lines were shown last
}

// poolLine is a line of the page: an account, or with member below zero the
// pool's title, its rule, or nothing.
type poolLine struct{ pool, member int }

const (
	poolTitle = -1 - iota
	poolRule
	poolGap
)

// poolLines are the lines of all pools.
func poolLines(pools []core.Pool) []poolLine {
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
func (m *Model) poolBind() widget.Bind {
	return widget.Bind{
		Binding: widget.Keys("p", "pool", "p"), Long: "who serves next, and why", Group: groupAccounts, Foot: 7,
		Do: func() tea.Cmd { m.push(&poolPage{id: m.accounts.id}); return nil },
	}
}

// at is the line of the selected account; one that is gone is the first.
func (p *poolPage) at(m *Model) int {
	found := 0
	for i, l := range m.places.lines {
		if l.member < 0 {
			continue
		}
		if m.places.pools[l.pool].Members[l.member].ID == p.id {
			return i
		}
		if found == 0 {
			found = i
		}
	}
	return found
}

// selected is the account under the cursor, and its pool.
func (p *poolPage) selected(m *Model) (core.Member, core.Pool, bool) {
	if at := p.at(m); at < len(m.places.lines) {
		l := m.places.lines[at]
		return m.places.pools[l.pool].Members[l.member], m.places.pools[l.pool], true
	}
	return core.Member{}, core.Pool{}, false
}

// move goes to the account that is some rows away.
func (p *poolPage) move(m *Model, by int) func() tea.Cmd {
	return func() tea.Cmd {
		step := 1
		if by < 0 {
			step, by = -1, -by
		}
		for at := p.at(m) + step; by > 0 && at >= 0 && at < len(m.places.lines); at += step {
			if l := m.places.lines[at]; l.member >= 0 {
				p.id = m.places.pools[l.pool].Members[l.member].ID
				by--
			}
		}
		return nil
	}
}

func (p *poolPage) update(m *Model, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.KeyPressMsg:
		return widget.Press(p.binds(m), msg)
	case tea.MouseWheelMsg:
		return p.move(m, widget.WheelBy(msg.Mouse()))()
	case tea.MouseClickMsg:
		at := p.first + msg.Y - p.top
		if msg.Button == tea.MouseLeft && msg.Y >= p.top && at < min(p.first+p.room, len(m.places.lines)) && m.places.lines[at].member >= 0 {
			p.id = m.places.pools[m.places.lines[at].pool].Members[m.places.lines[at].member].ID
		}
	}
	return nil
}

func (p *poolPage) binds(m *Model) []widget.Bind {
	binds := []widget.Bind{backBind(m, "q", "left")}
	if member, of, ok := p.selected(m); ok {
		next := nextStrategy(of.Strategy)
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("s", "strategy", "s"), Long: "spread requests differently", Group: groupAccounts, Foot: 3,
			Do: func() tea.Cmd { return m.setStrategy(of, next) },
		})
		for _, s := range pool.Strategies() {
			if s != of.Strategy {
				binds = append(binds, widget.Bind{
					Long: "strategy: " + strategyWords(s), Group: groupAccounts,
					Do: func() tea.Cmd { return m.setStrategy(of, s) },
				})
			}
		}
		a := *member.Account
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("enter", "details", "enter"), Long: "everything about it", Group: groupAccount, Foot: 2,
			Do: func() tea.Cmd {
				m.accounts.selectID(m, a.ID)
				m.push(&detailsPage{id: a.ID})
				return nil
			},
		})
		if m.state(a) == core.CoolingDown {
			binds = append(binds, widget.Bind{
				Binding: widget.Keys("x", "clear cool-down", "x"), Long: "clear its cool-down", Group: groupAccount, Foot: 4, Once: true,
				Do: func() tea.Cmd { return m.clearCooldown(a) },
			})
		}
	}
	page := max(p.room-1, 1)
	all := len(m.places.lines)
	binds = append(append(binds, p.reorderBinds(m)...), m.undoBinds()...)
	return append(binds,
		m.paletteBind(p), helpBind(m, p, "pool"),
		widget.Bind{Binding: widget.Keys("up down", "", "up", "k"), Long: "one row; also k j", Group: groupMove, Do: p.move(m, -1)},
		widget.Bind{Binding: widget.Keys("down", "", "down", "j"), Do: p.move(m, 1)},
		widget.Bind{Binding: widget.Keys("pgup pgdn", "", "pgup"), Long: "a page", Group: groupMove, Do: p.move(m, -page)},
		widget.Bind{Binding: widget.Keys("pgdn", "", "pgdown"), Do: p.move(m, page)},
		widget.Bind{Binding: widget.Keys("home", "", "g", "home"), Do: p.move(m, -all)},
		widget.Bind{Binding: widget.Keys("end", "", "G", "end"), Do: p.move(m, all)},
	)
}

func (p *poolPage) counting(m *Model) time.Duration {
	var every time.Duration
	for _, l := range m.places.lines[min(p.first, len(m.places.lines)):min(p.first+p.room, len(m.places.lines))] {
		if l.member >= 0 {
			if a := m.places.pools[l.pool].Members[l.member].Account; a.Cooldown.Holds(m.now) {
				every = sooner(every, time.Second)
			}
		}
	}
	return every
}

func (p *poolPage) headed(m *Model) widget.Frame {
	f := m.Page("Pool", "who serves next", say.Plural(len(m.places.pools), "pool", "pools"))
	if !m.Low() {
		f.Add("")
	}
	return f
}

// derive decides which lines are shown, the selected one among them.
func (p *poolPage) derive(m *Model) {
	p.top = len(p.headed(m).Lines)
	p.room = max(m.Height-p.top-2, 1)
	at := p.at(m)
	p.first = max(min(p.first, len(m.places.lines)-p.room), 0)
	if at < p.first+2 { // with the title of its pool
		p.first = max(at-2, 0)
	}
	if at >= p.first+p.room {
		p.first = at - p.room + 1
	}
}

func (p *poolPage) view(m *Model) widget.Frame {
	w := m.Inner()
	f, at := p.headed(m), p.at(m)
	for i := p.first; i < min(p.first+p.room, len(m.places.lines)); i++ {
		l := m.places.lines[i]
		of := &m.places.pools[l.pool]
		switch l.member {
		case poolGap:
			f.Add("")
		case poolTitle:
			f.Add("  " + m.Theme.Plain.Strong.Render(cells.Cut(cells.Clean(of.Name), w-3, m.Glyphs.More)))
		case poolRule:
			words := strategyWords(of.Strategy) + ": " + strategyRule(of.Strategy)
			if cells.Width(words) > w-3 {
				words, _, _ = strings.Cut(words, ";")
			}
			f.Add("  " + m.Theme.Plain.Muted.Render(cells.Cut(words, w-3, m.Glyphs.More)))
		default:
			if i == at {
				f.Cursor = widget.CursorAt(0, len(f.Lines))
			}
			f.Add(m.memberRow(of.Members[l.member], l.member, w, i == at))
		}
	}
	last := []string{"  " + m.Footer(p.binds(m), w-3)}
	if notice := m.notice(w); notice != nil {
		last = append(notice, last...)
	} else {
		last = append([]string{""}, last...)
	}
	f.Bottom(m.Height, last...)
	return f
}

// memberRow draws an account with its place in the pool, and why it serves or
// does not.
func (m *Model) memberRow(member core.Member, place, w int, selected bool) string {
	in, more := &m.Theme.Plain, m.Glyphs.More
	if selected {
		in = &m.Theme.Selected
	}
	state := m.state(*member.Account)
	name := in.Fg
	if selected {
		name = in.Strong
	}
	const number, count = 5, 18
	label := max(min(w/4, 28), 12)
	rest := w - 2 - number - 1 - label - 2 - 2
	counts := !m.Narrow() && rest > 30+count
	if counts {
		rest -= count
	}
	line := m.Gutter(selected) + in.Muted.Render(cells.Right(say.Thousands(uint64(place+1)), number-1, "")+" ") +
		stateInk(in, state).Render(stateGlyph(m.Glyphs, state)) + name.Render(" "+cells.Left(cells.Clean(member.Label), label, more)+"  ") +
		in.Fg.Render(cells.Left(m.standing(member, rest), rest, more)+" ")
	if counts {
		requests := say.Thousands(member.Requests) + " requests"
		if member.Requests == 1 {
			requests = "1 request"
		}
		line += in.Muted.Render(cells.Right(requests, count, more))
	}
	return line + in.Fg.Render(cells.Blank(w-cells.Width(line)))
}

// standing says when the account serves, or why it does not, in w cells if it
// can be said in so few.
func (m *Model) standing(member core.Member, w int) string {
	shorter := func(long, short string) string {
		if cells.Width(long) > w {
			return short
		}
		return long
	}
	var words string
	switch {
	case member.Reason == pool.CoolingDown:
		rests := m.rests(member.Cooldown)
		return shorter(rests+": "+member.Cooldown.Words(), shorter(rests, strings.TrimPrefix(rests, "tried ")))
	case member.Reason == pool.NotRenewed && !member.Until.IsZero():
		again := "not renewed; tried again in " + say.Span(say.Until(member.Until, m.now))
		return shorter(again, member.Reason.Words())
	case member.Reason == pool.Shared:
		return shorter("not before "+cells.Clean(member.Owner)+" renews its token", "not renewed here")
	case member.Reason != "":
		words := member.Reason.Words()
		return shorter("skipped: "+words, words)
	case member.Next && m.places.random[member.Pool()]:
		words = "any of these serves next"
	case member.Next:
		words = "serves next"
	default:
		words = "ready"
	}
	for _, model := range slices.Sorted(maps.Keys(member.Models)) {
		if rest := member.Models[model]; rest.Holds(m.now) {
			words += "; not " + cells.Clean(model) + " (" + m.rests(rest) + ")"
		}
	}
	return words
}

func (m *Model) rests(c pool.Cooldown) string {
	if c.Named {
		return "resets in " + say.Span(say.Until(c.Until, m.now))
	}
	return "tried again in " + say.Span(say.Until(c.Until, m.now))
}

func strategyWords(s pool.Strategy) string { return strings.ReplaceAll(string(s), "_", " ") }

// strategy is that of an account's pool.
func (m *Model) strategy(a core.Account) pool.Strategy {
	for i := range m.places.pools {
		if m.places.pools[i].ID == a.Pool() {
			return m.places.pools[i].Strategy
		}
	}
	return pool.FillFirst
}

// strategyRule says whom a strategy takes.
func strategyRule(s pool.Strategy) string {
	switch s {
	case pool.RoundRobin:
		return "whose last turn is longest ago"
	case pool.Random:
		return "any that can serve"
	case pool.LeastUsed:
		return "who has served the fewest requests"
	default:
		return "the first that can serve; the others are kept for later"
	}
}

func nextStrategy(s pool.Strategy) pool.Strategy {
	all := pool.Strategies()
	return all[(slices.Index(all, s)+1)%len(all)]
}

// setStrategy changes how a pool spreads its requests; it can be taken back.
func (m *Model) setStrategy(of core.Pool, s pool.Strategy) tea.Cmd {
	was, id := of.Strategy, of.Members[0].ID
	words := fmt.Sprintf("%s: %s, %s.", cells.Clean(of.Name), strategyWords(s), strategyRule(s))
	set := func(s pool.Strategy, words string) tea.Cmd {
		return m.act(words, func(ctx context.Context) error {
			_, err := m.o.Backend.SetStrategy(ctx, id, s)
			return err
		})
	}
	m.undos.add(undo{"the strategy of " + cells.Clean(of.Name), func() tea.Cmd {
		return set(was, cells.Clean(of.Name)+": "+strategyWords(was)+" again.")
	}})
	return set(s, words)
}
