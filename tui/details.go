package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// mostEvents is how many events the details page lists.
const mostEvents = 200

// detailsPage shows everything that is known about one account.
type detailsPage struct {
	id     string
	scroll scroller
}

func (p *detailsPage) update(m *Model, msg tea.Msg) tea.Cmd {
	p.scroll.mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return press(p.binds(m), msg)
	}
	return nil
}

func (p *detailsPage) binds(m *Model) []bind {
	back := backBind(m, "q", "left")
	a, ok := m.snap.Find(p.id)
	if !ok {
		return []bind{back}
	}
	binds := []bind{back}
	// What can be done to the account is what the list does, there.
	first, rest := m.accounts.accountBinds(m, a)
	for _, b := range append(first, rest...) {
		if b.Help().Desc == "details" {
			continue
		}
		do, stays := b.do, b.Help().Key == "r" || b.Help().Key == "w"
		b.do = func() tea.Cmd {
			if !stays {
				m.pop()
			}
			m.accounts.selectID(m, a.ID)
			return do()
		}
		switch b.Help().Key {
		case "w":
			b.foot = 7
		case "e":
			b.foot = 8
		}
		binds = append(binds, b)
	}
	binds = append(binds, m.paletteBind(p), helpBind(m, p, "details"))
	return append(binds, p.scroll.binds()...)
}

func (p *detailsPage) counting(m *Model) time.Duration {
	a, ok := m.snap.Find(p.id)
	if !ok {
		return 0
	}
	return m.rowCounting(a)
}

func (p *detailsPage) view(m *Model) frame {
	a, ok := m.snap.Find(p.id)
	if !ok {
		return m.removed(p.binds(m))
	}
	return m.scrolled(p.top(m, a), &p.scroll, p.binds(m))
}

func (p *detailsPage) top(m *Model, a core.Account) frame {
	return m.page("accounts", cells.Clean(a.Label), m.count())
}

func (p *detailsPage) derive(m *Model) {
	if a, ok := m.snap.Find(p.id); ok {
		p.scroll.read(m.common, p.top(m, a), p.body(m, a))
	}
}

// body is everything that is known of the account.
func (p *detailsPage) body(m *Model, a core.Account) []string {
	w, in, state := m.inner(), &m.theme.Plain, m.state(a)
	gap := func(lines []string) []string {
		if m.low() {
			return lines
		}
		return append(lines, "")
	}
	body := gap(nil)
	head := "  " + stateInk(in, state).Render(stateGlyph(m.glyphs, state)) + " " + wordInk(in, state).Render(state.Words())
	if when := m.expires(a, state, true); when != m.glyphs.Dash {
		head += "  " + in.Muted.Render(when)
	}
	body = append(body, head)
	for _, line := range cells.Wrap(m.about(a, state), min(w-5, 76)) {
		body = append(body, "    "+in.Fg.Render(line))
	}
	for _, line := range cells.Wrap(m.trouble(a, state), min(w-5, 76)) {
		if line != "" {
			body = append(body, "    "+in.Muted.Render(line))
		}
	}
	if life := m.life(a, state, w, 4); life != nil {
		body = append(append(body, ""), life...)
	}
	body = append(append(body, ""), m.facts(m.allFacts(a, state), w, 4)...)
	if happened := m.happened(a.ID, w, 4, mostEvents); happened != nil {
		in := &m.theme.Plain
		title := m.rule(m.glyphs.Rule, in.Line.Render, in.Strong.Render, "what happened", "", w)
		body = append(append(body, "", title), happened...)
	}
	return body
}
