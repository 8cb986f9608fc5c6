package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// signInSheet asks to sign in again to accounts whose grant has just died.
type signInSheet struct {
	ids    []string // in the order of the list
	cursor int
	dying
	pausing
}

// dying is what a sheet tells of its accounts, and what that was made of.
type dying struct {
	accounts        []core.Account
	asked           map[string]bool // their ids
	means           []consequence
	label, provider int    // how wide the widest of each are
	changes, counts uint64 // of the window, as of which it is
	stale           bool   // it is asked about others
}

// prompt opens the sheet when an account has turned to needs sign-in, and keeps
// an open one true. It never covers a sign-in, nor a question that the person
// is answering.
func (p *accountsPage) prompt(win *window) {
	changed := p.asked != win.changes // else nobody has died, come back or gone
	p.asked = win.changes
	if changed {
		p.turned = win.tell().dead(p.turned)
	}
	switch s := p.sheet.(type) {
	case *removeSheet:
		if changed {
			s.accounts = win.tell().still(s.accounts)
		}
		if len(s.accounts) == 0 {
			p.sheet = nil
			break
		}
		s.derive(win)
	case *signInSheet:
		if changed || len(p.turned) > 0 {
			s.take(win, win.tell().dead(append(s.ids, p.turned...)))
			p.turned = nil
		}
		if len(s.ids) == 0 {
			p.sheet = nil
			return
		}
		s.derive(win)
		return
	}
	if len(p.turned) == 0 || p.sheet != nil || signingIn(win) {
		return
	}
	win.stack = nil
	s := &signInSheet{pausing: pauseFrom(win.now)}
	s.take(win, p.turned)
	s.derive(win)
	p.sheet = s
	p.selectID(win, s.ids[0])
	p.turned = nil
}

// take makes these the accounts that are asked about, in the order of the list, and
// keeps the cursor on its account.
func (s *signInSheet) take(win *window, ids []string) {
	here := ""
	if s.cursor < len(s.ids) {
		here = s.ids[s.cursor]
	}
	if len(ids) > 1 {
		rows := make(map[string]int, len(ids))
		for row, i := range win.accounts.order {
			rows[win.all[i].ID] = row
		}
		slices.SortStableFunc(ids, func(a, b string) int { return rows[a] - rows[b] })
	}
	s.ids = ids
	s.stale = true
	s.cursor = max(min(s.cursor, len(ids)-1), 0)
	if at := slices.Index(ids, here); at >= 0 {
		s.cursor = at
	}
}

// skip leaves the account under the cursor for later.
func (s *signInSheet) skip(win *window) tea.Cmd {
	s.ids = slices.Delete(slices.Clone(s.ids), s.cursor, s.cursor+1)
	s.stale = true
	return s.move(win, 0)
}

// move goes to another of several accounts; the list shows it, too.
func (s *signInSheet) move(win *window, by int) tea.Cmd {
	s.cursor = max(min(s.cursor+by, len(s.ids)-1), 0)
	win.accounts.selectID(win, s.ids[s.cursor])
	return nil
}

// still keeps the accounts that are there.
func (k telling) still(accounts []core.Account) []core.Account {
	there := make(map[string]bool, len(k.snap.Accounts))
	for i := range k.snap.Accounts {
		there[k.snap.Accounts[i].ID] = true
	}
	return slices.DeleteFunc(slices.Clone(accounts), func(a core.Account) bool { return !there[a.ID] })
}

// dead keeps the accounts that need signing in, each once.
func (k telling) dead(ids []string) []string {
	if len(ids) == 0 {
		return nil
	}
	dead := map[string]bool{}
	for i := range k.snap.Accounts {
		if a := &k.snap.Accounts[i]; a.Quarantined() {
			dead[a.ID] = true
		}
	}
	var kept []string
	for _, id := range ids {
		if dead[id] {
			kept = append(kept, id)
			delete(dead, id)
		}
	}
	return kept
}

// derive finds out what the sheet tells, where something of that has changed.
func (s *signInSheet) derive(win *window) {
	if !s.stale && s.changes == win.changes && s.counts == win.tallies.number {
		return
	}
	s.dying = dying{asked: make(map[string]bool, len(s.ids)), changes: win.changes, counts: win.tallies.number}
	at := make(map[string]int, len(win.snap.Accounts))
	for i := range win.snap.Accounts {
		at[win.snap.Accounts[i].ID] = i
	}
	for _, id := range s.ids {
		a := win.snap.Accounts[at[id]]
		s.asked[id], s.accounts = true, append(s.accounts, a)
		s.label = max(s.label, cells.Width(cells.Clean(a.Label)))
		s.provider = max(s.provider, min(cells.Width(cells.Clean(a.ProviderName)), longProvider))
	}
	s.means = win.tell().consequences(s.accounts)
}

func (s *signInSheet) about(id string) bool { return s.asked[id] }

func (s *signInSheet) update(win *window, msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok || !s.hears(win.now) {
		return nil
	}
	return widget.Press(s.binds(win), key)
}

func (s *signInSheet) binds(win *window) []widget.Bind {
	enter := "sign in now"
	if len(s.ids) > 1 {
		enter = "sign in, one after the other"
		if win.Narrow() {
			enter = "sign in to each"
		}
	}
	why := []string{s.ids[s.cursor]}
	first := widget.Bind{Binding: widget.Keys("enter", enter, "enter"), Foot: 1, Do: func() tea.Cmd { return s.signIn(win, false) }}
	if ofFleet(win.known).claimed(s.ids[s.cursor]) != "" { // enter would be pressed by who does not read
		first = widget.Bind{Binding: widget.Keys("t", "take it over", "t"), Foot: 2, Once: true, Do: func() tea.Cmd { return s.signIn(win, true) }}
	}
	binds := []widget.Bind{
		{Binding: widget.Keys("esc", "later", "esc"), Foot: 1, Do: func() tea.Cmd { win.accounts.sheet = nil; return nil }},
		{Binding: widget.Keys("?", "why", "?"), Foot: 2, Do: func() tea.Cmd { win.push(&textPage{title: whyTitle, text: win.tell().why(why)}); return nil }},
	}
	if !win.fleet.stopped() {
		binds = append([]widget.Bind{first}, binds...)
	}
	if len(s.ids) == 1 {
		return binds
	}
	return append(binds,
		widget.Bind{Binding: widget.Keys("s", "skip this one", "s"), Foot: 3, Do: func() tea.Cmd { return s.skip(win) }},
		widget.Bind{Binding: widget.Keys("up", "", "up", "k"), Do: func() tea.Cmd { return s.move(win, -1) }},
		widget.Bind{Binding: widget.Keys("down", "", "down", "j"), Do: func() tea.Cmd { return s.move(win, 1) }})
}

// signIn begins with the account under the cursor; the others are asked about when it
// is done.
func (s *signInSheet) signIn(win *window, over bool) tea.Cmd {
	a, ok := win.snap.Find(s.ids[s.cursor])
	if !ok {
		return nil
	}
	win.accounts.sheet, win.accounts.turned = nil, slices.Delete(slices.Clone(s.ids), s.cursor, s.cursor+1)
	win.accounts.selectID(win, a.ID)
	return signInOver(win, a, over)
}

func (s *signInSheet) draw(win *window, w, h int) ([]string, *tea.Cursor) {
	return s.text(win, w).Draw(win.Common, w, h), nil
}

func (s *signInSheet) room(win *window, w int) int { return s.text(win, w).Room(win.Common) }

func (s *signInSheet) text(win *window, w int) widget.Sheet {
	t := widget.Sheet{Ink: win.Theme.Plain.Act, Keys: win.Footer(s.binds(win), w-3)}
	if len(s.ids) > 1 {
		t.Title = say.Plural(len(s.ids), "account", "accounts") + " need you to sign in again"
		t.Body = s.table(win, w)
		return t
	}
	a := s.accounts[0]
	t.Title = cells.Clean(a.Label) + " needs you to sign in again"
	if where := ofFleet(win.known).claimed(a.ID); where != "" {
		t.Title = cells.Clean(a.Label) + " is being signed in " + where
		t.Body = s.elsewhere(win, a, w-4)
		return t
	}
	if win.Narrow() {
		t.Title = cells.Clean(a.Label) + ": sign in again"
	}
	t.Body = s.story(win, a, w-4)
	return t
}

// elsewhere is what is said of an account that is being signed in by somebody else.
func (s *signInSheet) elsewhere(win *window, a core.Account, w int) []string {
	in := &win.Theme.Plain
	text := ofFleet(win.known).aboutClaim(a, core.NeedsSignIn) + " This closes once that is done; nothing is to be done here."
	body := widget.Paragraph(text, w, in.Fg)
	if win.Low() {
		return body
	}
	return append(body, widget.Paragraph("To take it over gives that up, and asks for a code here.", w, in.Muted)...)
}

// story is what happened to one account.
func (s *signInSheet) story(win *window, a core.Account, w int) []string {
	in, means := &win.Theme.Plain, win.tell().sentence(s.means[0])
	if win.Narrow() {
		return widget.Paragraph(means+" "+causeOf(a).reason(a)+".", w, in.Fg)
	}
	first := causeOf(a).reason(a) + "."
	if causeOf(a) == causeReused {
		first = cells.Clean(a.ProviderName) + " refused its refresh token: another program had used it already."
	}
	second := "The dead tokens are deleted. Nothing is retried until you sign in."
	var body []string
	if w >= 74 {
		body = append(widget.Paragraph(means, w, in.Strong), widget.Paragraph(first, w, in.Fg)...)
		body = append(body, widget.Paragraph(second, w, in.Fg)...)
	} else {
		body = append(widget.Paragraph(means, w, in.Strong), widget.Paragraph(first+" "+second, w, in.Fg)...)
	}
	if n := a.Marker; n != nil && n.Code != "" {
		text := cells.Clean(n.Code)
		if !n.At.IsZero() {
			text = say.TimeOfDay(n.At, win.now, win.o.Location, true) + " " + win.Glyphs.Dot + " " + text
		}
		body = append(body, in.Muted.Render(cells.Cut(text, w, win.Glyphs.More)))
	}
	return body
}

// table lists several accounts, as many as there is room for.
func (s *signInSheet) table(win *window, w int) []string {
	in, more := &win.Theme.Plain, win.Glyphs.More
	label, provider := min(s.label, w/4), s.provider
	shown := min(len(s.ids), max(win.Height/4, 2))
	from := max(min(s.cursor-shown/2, len(s.ids)-shown), 0)
	means := win.tell().sentences(s.means)
	body := widget.Paragraph(means[0], w-4, in.Strong)
	if n := len(means) - 1; n > 0 && !win.Low() {
		body = nil
		for _, text := range means[:min(len(means), 3)] {
			body = append(body, widget.Paragraph(text, w-4, in.Strong)...)
		}
	}
	for i, a := range s.accounts[from : from+shown] {
		line := win.Gutter(from+i == s.cursor) + " " + in.Strong.Render(cells.Left(cells.Clean(a.Label), label, more)) + "  "
		used := 4 + label + 2
		if w >= 76 {
			line += in.Muted.Render(cells.Left(cells.Clean(a.ProviderName), provider, more)) + "  "
			used += provider + 2
		}
		what := causeOf(a).briefly(a)
		if where := ofFleet(win.known).claimed(a.ID); where != "" {
			what = "being signed in " + where
		}
		body = append(body, line+in.Fg.Render(cells.Cut(what, w-used-1, more)))
	}
	if n := len(s.ids) - shown; n > 0 {
		body = append(body, in.Muted.Render("and "+say.Plural(n, "other", "others")))
	}
	return body
}
