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
	pausing
}

// prompt opens the sheet when an account has turned to needs sign-in, and keeps
// an open one true. It never covers a sign-in, nor a question that the person
// is answering.
func (p *accountsPage) prompt(win *window) {
	p.turned = win.tell().dead(p.turned)
	if s, ok := p.sheet.(*removeSheet); ok {
		s.accounts = win.tell().still(s.accounts)
		if len(s.accounts) == 0 {
			p.sheet = nil
		}
	}
	if s, ok := p.sheet.(*signInSheet); ok {
		s.take(win, win.tell().dead(append(s.ids, p.turned...)))
		p.turned = nil
		if len(s.ids) == 0 {
			p.sheet = nil
		}
		return
	}
	if len(p.turned) == 0 || p.sheet != nil || signingIn(win) {
		return
	}
	win.stack = nil
	s := &signInSheet{pausing: pauseFrom(win.now)}
	s.take(win, p.turned)
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
	s.cursor = max(min(s.cursor, len(ids)-1), 0)
	if at := slices.Index(ids, here); at >= 0 {
		s.cursor = at
	}
}

// skip leaves the account under the cursor for later.
func (s *signInSheet) skip(win *window) tea.Cmd {
	s.ids = slices.Delete(slices.Clone(s.ids), s.cursor, s.cursor+1)
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
	var kept []core.Account
	for _, a := range accounts {
		if _, there := k.snap.Find(a.ID); there {
			kept = append(kept, a)
		}
	}
	return kept
}

// dead keeps the accounts that need signing in, each once.
func (k telling) dead(ids []string) []string {
	var kept []string
	seen := map[string]bool{}
	for _, id := range ids {
		if a, ok := k.snap.Find(id); ok && a.Quarantined() && !seen[id] {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}

func (s *signInSheet) about(id string) bool {
	for _, other := range s.ids {
		if other == id {
			return true
		}
	}
	return false
}

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
	binds := []widget.Bind{
		{Binding: widget.Keys("enter", enter, "enter"), Foot: 1, Do: func() tea.Cmd { return s.signIn(win) }},
		{Binding: widget.Keys("esc", "later", "esc"), Foot: 1, Do: func() tea.Cmd { win.accounts.sheet = nil; return nil }},
		{Binding: widget.Keys("?", "why", "?"), Foot: 2, Do: func() tea.Cmd { win.push(&textPage{title: whyTitle, text: win.tell().why(why)}); return nil }},
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
func (s *signInSheet) signIn(win *window) tea.Cmd {
	a, ok := win.snap.Find(s.ids[s.cursor])
	if !ok {
		return nil
	}
	win.accounts.sheet, win.accounts.turned = nil, slices.Delete(slices.Clone(s.ids), s.cursor, s.cursor+1)
	win.accounts.selectID(win, a.ID)
	return signInAgain(win, a)
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
	a, ok := win.snap.Find(s.ids[0])
	if !ok {
		return t
	}
	t.Title = cells.Clean(a.Label) + " needs you to sign in again"
	if win.Narrow() {
		t.Title = cells.Clean(a.Label) + ": sign in again"
	}
	t.Body = s.story(win, a, w-4)
	return t
}

// story is what happened to one account.
func (s *signInSheet) story(win *window, a core.Account, w int) []string {
	in, means := &win.Theme.Plain, win.tell().consequence(a)
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
	label, provider := 0, 0
	var all []core.Account
	for _, id := range s.ids {
		a, _ := win.snap.Find(id)
		all = append(all, a)
		label = max(label, min(cells.Width(cells.Clean(a.Label)), w/4))
		provider = max(provider, min(cells.Width(cells.Clean(a.ProviderName)), longProvider))
	}
	shown := min(len(s.ids), max(win.Height/4, 2))
	from := max(min(s.cursor-shown/2, len(s.ids)-shown), 0)
	means := win.tell().consequences(all)
	body := widget.Paragraph(means[0], w-4, in.Strong)
	if n := len(means) - 1; n > 0 && !win.Low() {
		body = nil
		for _, text := range means[:min(len(means), 3)] {
			body = append(body, widget.Paragraph(text, w-4, in.Strong)...)
		}
	}
	for i, a := range all[from : from+shown] {
		line := win.Gutter(from+i == s.cursor) + " " + in.Strong.Render(cells.Left(cells.Clean(a.Label), label, more)) + "  "
		used := 4 + label + 2
		if w >= 76 {
			line += in.Muted.Render(cells.Left(cells.Clean(a.ProviderName), provider, more)) + "  "
			used += provider + 2
		}
		body = append(body, line+in.Fg.Render(cells.Cut(causeOf(a).briefly(a), w-used-1, more)))
	}
	if n := len(s.ids) - shown; n > 0 {
		body = append(body, in.Muted.Render("and "+say.Plural(n, "other", "others")))
	}
	return body
}
