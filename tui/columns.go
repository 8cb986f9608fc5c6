package tui

import (
	"strconv"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// Widths of the columns that do not stretch.
const (
	stateWidth, expiresWidth, leftWidth, usedWidth, poolWidth = 15, 14, 10, 8, 4
	longProvider, shortProvider                               = 13, 10
	columnGap                                                 = 2
	planWidth, planBarWidth, resetsWidth                      = 11, 8, 7
	usedByWidth                                               = 12
	usedByFrom                                                = 156 // how wide the window is that has room for it
	leastAccount                                              = 12  // what a label gets at the least
	easyAccount                                               = 16  // what it gets before a column is added
)

// columns says which columns fit and how wide they are. As a window gets
// narrower, they go in this order: who used it, pool, left, used, the provider's long
// name; in a list that shows plans: who used it, when they begin anew, used, left,
// pool, the plan's bar.
type columns struct {
	account, provider     int
	left, used, pool      bool
	plan, planBar, resets bool
	usedBy                bool
	host                  int  // how wide the host's is; zero: it is not there
	short                 bool // the provider's short name
}

func columnsFor(w int, plans, uses bool, host int) columns {
	used, left, pool := 1, 2, 3
	var plan, planBar, resets, usedBy, by widget.Column
	if host > 0 {
		by = widget.Column{Gap: columnGap, Width: host, Rank: 8}
	}
	if uses {
		usedBy = widget.Column{Gap: columnGap, Width: usedByWidth, Rank: 7}
	}
	if plans {
		used, left, pool = 5, 4, 3
		plan = widget.Column{Gap: columnGap, Width: planWidth, Rank: 1}
		planBar = widget.Column{Gap: 1, Width: planBarWidth, Rank: 2}
		resets = widget.Column{Gap: 1, Width: resetsWidth, Rank: 6}
	}
	fit := func(provider int) []int {
		return widget.Layout(w,
			widget.Column{Gap: 2, Width: easyAccount, Stretch: true}, widget.Column{Gap: columnGap, Width: provider},
			widget.Column{Gap: columnGap, Width: stateWidth}, widget.Column{Gap: 1, Width: expiresWidth},
			widget.Column{Gap: columnGap, Width: leftWidth, Rank: left}, widget.Column{Gap: columnGap, Width: usedWidth, Rank: used},
			widget.Column{Gap: columnGap, Width: poolWidth, Rank: pool}, widget.Column{Gap: 1}, plan, planBar, resets, usedBy, by)
	}
	all := fit(longProvider)
	c := columns{short: all[0] < leastAccount}
	if c.short {
		all = fit(shortProvider)
	}
	c.account, c.provider = all[0], all[1]
	c.left, c.used, c.pool = all[4] > 0, all[5] > 0, all[6] > 0
	c.plan, c.planBar, c.resets, c.usedBy = all[8] > 0, all[9] > 0, all[10] > 0, all[11] > 0
	c.host = all[12]
	return c
}

// row draws one account over the whole width.
func row(win *window, a core.Account, c columns, in *style.Inks, selected bool) string {
	state, more := win.state(a), win.Glyphs.More
	provider := a.ProviderName
	if c.short {
		provider = a.ProviderShort
	}
	name := in.Fg
	if selected {
		name = in.Strong
	}
	var b strings.Builder
	b.WriteString(win.Gutter(selected))
	b.WriteString(mark(win, a, in))
	b.WriteString(name.Render(cells.Left(cells.Clean(a.Label), c.account, more) + "  "))
	b.WriteString(in.Muted.Render(cells.Left(cells.Clean(provider), c.provider, more) + "  "))
	b.WriteString(stateInk(in, state).Render(StateGlyph(win.Glyphs, state)))
	b.WriteString(wordInk(in, state).Render(cells.Left(" "+state.Words(), stateWidth-1, more)))
	b.WriteString(in.Fg.Render(" " + cells.Right(win.expires(a, state, true), expiresWidth, more)))
	if c.left {
		b.WriteString(in.Fg.Render("  "))
		b.WriteString(win.bar(a, state, in))
	}
	if c.plan {
		b.WriteString(planCells(win.known, a, c, in))
	}
	if c.used {
		b.WriteString(in.Muted.Render("  " + cells.Left(say.Ago(a.LastUsedAt, win.now), usedWidth, more)))
	}
	if c.usedBy {
		b.WriteString(in.Fg.Render("  " + cells.Left(usedBy(win.known, a.ID), usedByWidth, more)))
	}
	if c.host > 0 {
		b.WriteString(hostCell(win.known, a.ID, c.host, in))
	}
	if c.pool {
		b.WriteString(in.Fg.Render("  " + cells.Left(win.place(a), poolWidth, more)))
	}
	b.WriteString(in.Fg.Render(" ")) // the right edge
	return b.String()
}

// hostCell says which host refreshes an account, or did so last.
func hostCell(k *known, id string, w int, in *style.Inks) string {
	name, working := k.fleet.hostOf(id)
	switch {
	case name == "":
		return in.Muted.Render("  " + cells.Left(k.Glyphs.Dash, w, ""))
	case working:
		return in.Fg.Render("  ") + in.Busy.Render(k.Glyphs.Busy) + in.Fg.Render(" "+cells.Left(name, w-2, k.Glyphs.More))
	default:
		return in.Muted.Render("  " + cells.Left(name, w, k.Glyphs.More))
	}
}

// narrowRow draws one account where there is no room for columns.
func narrowRow(win *window, a core.Account, in *style.Inks, w int, selected bool) string {
	state, more := win.state(a), win.Glyphs.More
	name := in.Fg
	if selected {
		name = in.Strong
	}
	const word, when = 13, 7
	label := widget.Layout(w, widget.Column{Gap: 4, Stretch: true}, widget.Column{Gap: 1, Width: word},
		widget.Column{Gap: 1, Width: when}, widget.Column{Gap: 1})[0]
	return win.Gutter(selected) + mark(win, a, in) + stateInk(in, state).Render(StateGlyph(win.Glyphs, state)) +
		name.Render(" "+cells.Left(cells.Clean(a.Label), label, more)+" ") +
		wordInk(in, state).Render(cells.Left(state.Words(), word, more)) +
		in.Fg.Render(" "+cells.Right(win.expires(a, state, false), when, more)+" ")
}

// mark is the column of the marks, and of the default where an account has none.
func mark(win *window, a core.Account, in *style.Inks) string {
	if win.accounts.marks[a.ID] {
		return in.Accent.Render(win.Glyphs.Mark)
	}
	if win.snap.IsDefault(a) {
		return in.Accent.Render(win.Glyphs.Chosen)
	}
	return in.Fg.Render(" ")
}

// expires is the time that matters in a state, with its words or without.
func (k *known) expires(a core.Account, state core.State, words bool) string {
	in, resets := "in ", "resets "
	if !words {
		in, resets = "", ""
	}
	switch state {
	case core.SigningIn:
		if t := k.attempts.of(a.ID); t != nil && t.code != nil {
			return in + say.Span(say.Until(t.code.ExpiresAt, k.now))
		}
		return k.Glyphs.Dash
	case core.CoolingDown:
		return resets + say.Span(say.Until(a.Cooldown.Until, k.now))
	case core.OK, core.Expiring, core.Refreshing, core.Expired, core.Shared, core.Paused:
		if a.IsKey() {
			return "never"
		}
		if a.Endless() {
			return k.Glyphs.Dash
		}
		if d := say.Until(a.ExpiresAt, k.now); d > 0 {
			return in + say.Span(d)
		}
		return say.Ago(a.ExpiresAt, k.now)
	default:
		return k.Glyphs.Dash
	}
}

// remaining is the part of the token's life that is left, and false when its
// life is not known or it is dead.
func (k *known) remaining(a core.Account, state core.State) (float64, bool) {
	switch state {
	case core.NeedsSignIn, core.SignedOut, core.SigningIn, core.Locked, core.NotIncluded:
		return 0, false
	}
	life := a.ExpiresAt.Sub(a.ObtainedAt)
	if a.ExpiresAt.IsZero() || a.ObtainedAt.IsZero() || life <= 0 {
		return 0, false
	}
	return min(max(float64(a.ExpiresAt.Sub(k.now))/float64(life), 0), 1), true
}

// bar draws what is left of the token's life.
func (k *known) bar(a core.Account, state core.State, in *style.Inks) string {
	part, known := k.remaining(a, state)
	if !known {
		return in.Fg.Render(cells.Blank(leftWidth))
	}
	full := int(part*leftWidth + 0.5)
	if part > 0 {
		full = max(full, 1)
	}
	return k.lifeInk(state, in).Render(strings.Repeat(k.Glyphs.Full, full)) +
		in.Line.Render(strings.Repeat(k.Glyphs.Empty, leftWidth-full))
}

// lifeInk is the colour of a token's life: quiet while it cannot serve.
func (k *known) lifeInk(state core.State, in *style.Inks) style.Ink {
	switch state {
	case core.OK, core.Expiring:
		return in.OK
	case core.Refreshing:
		return in.Busy
	default:
		return in.Muted
	}
}

// place is the account's in its pool: "next", "any" where chance decides, its
// number, or a dash when it cannot serve.
func (k *known) place(a core.Account) string {
	switch {
	case !k.serves(&a), k.state(a) == core.SigningIn:
		return k.Glyphs.Dash
	case k.places.random[a.Pool()]:
		return "any"
	case k.places.next[a.ID]:
		return "next"
	case a.Priority+1 < 10_000:
		return strconv.Itoa(a.Priority + 1)
	default:
		return strconv.Itoa((a.Priority+1)/1000) + "k"
	}
}

// rowCounting is how often an account's row changes with time alone.
func (k *known) rowCounting(a core.Account) time.Duration {
	state := k.state(a)
	near := func(t time.Time) bool { d := t.Sub(k.now); return d > 0 && d < time.Hour+time.Minute }
	switch {
	case state == core.Refreshing, state == core.SigningIn,
		state == core.CoolingDown && near(a.Cooldown.Until),
		state != core.CoolingDown && near(a.ExpiresAt) && k.expires(a, state, true) != k.Glyphs.Dash:
		return time.Second
	case !a.LastUsedAt.IsZero(), !a.ExpiresAt.IsZero(), a.Plan != nil:
		return time.Minute
	default:
		return 0
	}
}
