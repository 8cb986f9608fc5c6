package tui

import (
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

const (
	cardFrom            = 140 // how wide the window is in which the card stands at the right
	leastCard, mostCard = 44, 64
	paneGap             = 2
	easyList            = 95 // what the list gets before the card grows
	planColumns         = planWidth + planBarWidth + resetsWidth + columnGap + 2
)

// panes are how wide the list is, and the card at its right; zero where that stands
// below.
func (win *window) panes() (list, card int) {
	w := win.Inner()
	if w < cardFrom {
		return w, 0
	}
	easy := easyList
	if win.places.plans {
		easy += planColumns
	}
	if usesShown(win.known) {
		easy += usedByWidth + columnGap
	}
	if host := ofFleet(win.known).hostWidth(); host > 0 {
		easy += host + columnGap
	}
	card = min(max(w-paneGap-easy, leastCard), mostCard)
	return w - paneGap - card, card
}

// listColumns are the columns of the list in w cells.
func (win *window) listColumns(w int) columns {
	return columnsFor(w, win.places.plans, usesShown(win.known), ofFleet(win.known).hostWidth())
}

// drawCard puts what is known of the selected account at the right of the list, in the
// lines from a given one on.
func (p *accountsPage) drawCard(win *window, f *widget.Frame, from, h int) {
	list, card := win.panes()
	a, ok := p.selected(win)
	if !ok {
		return
	}
	lines := append([]string{win.stripTitle(a, card), ""}, win.strip(a, card, h-2)...)
	for i, line := range lines[:max(min(len(lines), h), 0)] {
		for len(f.Lines) <= from+i {
			f.Add("")
		}
		at := from + i
		f.Lines[at] += cells.Blank(list+paneGap-cells.Width(f.Lines[at])) + line
	}
}

// drawFoot puts the keys, and what was said, at the foot of the window.
func (p *accountsPage) drawFoot(win *window, f *widget.Frame, w int) {
	foot, cursor := p.foot(win, w)
	f.Foot(win.Height, foot, win.notice(w)...)
	if cursor != nil {
		f.Cursor = cursor
	}
}

// needsYou says whether an account waits for its person.
func (k *known) needsYou(a *core.Account) bool {
	if t := k.attempts.of(a.ID); t != nil {
		return t.question != nil || t.failed != nil
	}
	return wantsPerson(a)
}

// wantsPerson says the same as long as nobody signs in to it.
func wantsPerson(a *core.Account) bool { return a.Quarantined() || a.Locked }
