package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// mostEvents is how many events the details page lists.
const mostEvents = 200

// detailsPage shows everything that is known about one account.
type detailsPage struct {
	id     string
	scroll widget.Scroller
}

func (p *detailsPage) update(m *Model, msg tea.Msg) tea.Cmd {
	p.scroll.Mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(p.binds(m), msg)
	}
	return nil
}

func (p *detailsPage) binds(m *Model) []widget.Bind {
	back := backBind(m, "q", "left")
	a, ok := m.snap.Find(p.id)
	if !ok {
		return []widget.Bind{back}
	}
	binds := []widget.Bind{back}
	// What can be done to the account is what the list does, there.
	first, rest := m.accounts.accountBinds(m, a)
	for _, b := range append(first, rest...) {
		if b.Help().Desc == "details" {
			continue
		}
		do, stays := b.Do, b.Help().Key == "r" || b.Help().Key == "w"
		b.Do = func() tea.Cmd {
			if !stays {
				m.pop()
			}
			m.accounts.selectID(m, a.ID)
			return do()
		}
		switch b.Help().Key {
		case "w":
			b.Foot = 7
		case "e":
			b.Foot = 8
		}
		binds = append(binds, b)
	}
	binds = append(binds, m.paletteBind(p), helpBind(m, p, "details"))
	return append(binds, p.scroll.Binds()...)
}

func (p *detailsPage) counting(m *Model) time.Duration {
	a, ok := m.snap.Find(p.id)
	if !ok {
		return 0
	}
	return m.rowCounting(a)
}

func (p *detailsPage) view(m *Model) widget.Frame {
	a, ok := m.snap.Find(p.id)
	if !ok {
		return m.removed(p.binds(m))
	}
	return m.scrolled(p.top(m, a), &p.scroll, p.binds(m))
}

func (p *detailsPage) top(m *Model, a core.Account) widget.Frame {
	return m.Page("accounts", cells.Clean(a.Label), m.count())
}

func (p *detailsPage) derive(m *Model) {
	if a, ok := m.snap.Find(p.id); ok {
		p.scroll.Read(m.Common, p.top(m, a), p.body(m, a))
	}
}

// body is everything that is known of the account.
func (p *detailsPage) body(m *Model, a core.Account) []string {
	w, in, state := m.Inner(), &m.Theme.Plain, m.state(a)
	gap := func(lines []string) []string {
		if m.Low() {
			return lines
		}
		return append(lines, "")
	}
	body := gap(nil)
	head := "  " + stateInk(in, state).Render(stateGlyph(m.Glyphs, state)) + " " + wordInk(in, state).Render(state.Words())
	if when := m.expires(a, state, true); when != m.Glyphs.Dash {
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
	body = append(append(body, ""), m.Facts(m.allFacts(a, state), w, 4)...)
	if happened := m.happened(a.ID, w, 4, mostEvents); happened != nil {
		in := &m.Theme.Plain
		title := m.Rule(m.Glyphs.Rule, in.Line.Render, in.Strong.Render, "what happened", "", w)
		body = append(append(body, "", title), happened...)
	}
	return body
}
