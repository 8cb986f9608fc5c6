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

func (p *detailsPage) update(win *window, msg tea.Msg) tea.Cmd {
	p.scroll.Mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		cmd, did := widget.Pressed(p.binds(win), msg)
		if a, there := win.snap.Find(p.id); !did && there {
			win.sayWhyNot(win.whyNotTo(a, msg.String()))
		}
		return cmd
	}
	return nil
}

func (p *detailsPage) binds(win *window) []widget.Bind {
	back := backBind(win, "q", "left")
	a, ok := win.snap.Find(p.id)
	if !ok {
		return []widget.Bind{back}
	}
	binds := []widget.Bind{back}
	// What can be done to the account is what the list does, there.
	first, rest := win.accounts.accountBinds(win, a)
	for _, b := range append(first, rest...) {
		if b.Help().Desc == "details" || b.Long == storyBind(win, a).Long {
			continue
		}
		do, stays := b.Do, b.Help().Key == "r" && ofFleet(win.known).undecided(a) == "" || b.Help().Key == "w"
		b.Do = func() tea.Cmd {
			if !stays {
				win.pop()
			}
			win.accounts.selectID(win, a.ID)
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
	binds = append(binds, win.paletteBind(p), helpBind(win, p, "details"))
	return append(binds, p.scroll.Binds()...)
}

func (p *detailsPage) counting(win *window) time.Duration {
	a, ok := win.snap.Find(p.id)
	if !ok {
		return 0
	}
	return win.rowCounting(a)
}

func (p *detailsPage) view(win *window) widget.Frame {
	a, ok := win.snap.Find(p.id)
	if !ok {
		return win.removed(p.binds(win))
	}
	return win.scrolled(p.top(win, a), &p.scroll, p.binds(win))
}

func (p *detailsPage) top(win *window, a core.Account) widget.Frame {
	return win.Page("accounts", cells.Clean(a.Label), win.count())
}

func (p *detailsPage) derive(win *window) {
	if a, ok := win.snap.Find(p.id); ok {
		p.scroll.Read(win.Common, p.top(win, a), p.body(win, a))
	}
}

// body is everything that is known of the account.
func (p *detailsPage) body(win *window, a core.Account) []string {
	w, in, state := win.Inner(), &win.Theme.Plain, win.state(a)
	gap := func(lines []string) []string {
		if win.Low() {
			return lines
		}
		return append(lines, "")
	}
	body := gap(nil)
	head := "  " + stateInk(in, state).Render(StateGlyph(win.Glyphs, state)) + " " + wordInk(in, state).Render(state.Words())
	if when := win.expires(a, state, true); when != win.Glyphs.Dash {
		head += "  " + in.Muted.Render(when)
	}
	body = append(body, head)
	for _, line := range cells.Wrap(win.about(a, state), min(w-5, 76)) {
		body = append(body, "    "+in.Fg.Render(line))
	}
	for _, line := range cells.Wrap(win.trouble(a, state), min(w-5, 76)) {
		if line != "" {
			body = append(body, "    "+in.Muted.Render(line))
		}
	}
	if life := win.life(a, state, w, 4); life != nil {
		body = append(append(body, ""), life...)
	}
	if plan := planLines(win.known, a, w, 4); plan != nil {
		body = append(append(body, ""), plan...)
	}
	if day := dayLines(win.known, a.ID, w, 4); day != nil {
		body = append(append(body, ""), day...)
	}
	body = append(append(body, ""), win.Facts(win.allFacts(a, state), w, 4)...)
	if happened := win.tell().happened(a.ID, w, 4, mostEvents); happened != nil {
		in := &win.Theme.Plain
		title := win.Rule(win.Glyphs.Rule, in.Line.Render, in.Strong.Render, "what happened", "", w)
		body = append(append(body, "", title), happened...)
	}
	return body
}
