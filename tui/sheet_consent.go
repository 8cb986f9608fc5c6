package tui

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// consentSheet asks whether a program may have a token of an account. It opens by
// itself, so that enter and esc do what is harmless: they refuse.
type consentSheet struct {
	ask  consent.Request
	same []consent.Request // of the same program for the same account, this one first
	more int               // questions about others that wait behind it
	pausing
}

// askConsent opens the sheet when a program waits for a person, and keeps an open
// one true. It covers no other question, no sign-in, and nothing that is typed: no
// text may be taken for an answer.
func (p *accountsPage) askConsent(win *window) {
	asks := win.asks()
	if s, ok := p.sheet.(*consentSheet); ok && !s.still(asks) {
		p.sheet = nil
	}
	if len(asks) == 0 || p.sheet != nil || signingIn(win) || win.typing() {
		return
	}
	win.stack = nil
	s := &consentSheet{ask: asks[0], pausing: pausing{deaf: win.now.Add(pause)}}
	s.still(asks)
	p.sheet = s
	p.selectID(win, s.ask.Account)
}

// asks are the questions that wait for an answer now.
func (k *known) asks() []consent.Request {
	return slices.DeleteFunc(slices.Clone(k.snap.Asks), func(r consent.Request) bool { return !k.now.Before(r.Until) })
}

// typing reports whether the keys are text, in the list's filter or on a page.
func (win *window) typing() bool {
	switch p := win.top().(type) {
	case *accountsPage:
		return p.typing
	case *helpPage:
		return p.typing
	case *poolPage:
		return p.typing
	case *palettePage:
		return true
	}
	return false
}

// still brings the sheet up to the questions that there are, and reports whether
// its own is among them.
func (s *consentSheet) still(asks []consent.Request) bool {
	var same []consent.Request
	more := 0
	for _, r := range asks {
		if r.Account == s.ask.Account && r.Program.Key == s.ask.Program.Key && r.Program.Path == s.ask.Program.Path && (r.Program.Key != "" || r.ID == s.ask.ID) {
			same = append(same, r)
		} else {
			more++
		}
	}
	if len(same) == 0 {
		return false
	}
	s.ask, s.same, s.more = same[0], same, more
	return true
}

func (s *consentSheet) about(id string) bool { return s.ask.Account == id }

func (s *consentSheet) update(win *window, msg tea.Msg) tea.Cmd {
	key, ok := msg.(tea.KeyPressMsg)
	if !ok || !s.hears(win.now) {
		return nil
	}
	return widget.Press(s.binds(win), key)
}

func (s *consentSheet) binds(win *window) []widget.Bind {
	answer := func(v consent.Verdict) func() tea.Cmd {
		return func() tea.Cmd { return s.answer(win, v) }
	}
	once, day, always, refuse := "allow once", "for a day", "always", "refuse"
	switch {
	case win.Narrow():
		once, day, refuse = "once", "day", "no"
	case win.Width >= 76:
		refuse += " (also enter and esc)"
	}
	binds := []widget.Bind{{Binding: widget.Keys("y", once, "y"), Foot: 1, Once: true, Do: answer(consent.Once)}}
	if s.ask.Program.Key != "" {
		binds = append(
			binds,
			widget.Bind{Binding: widget.Keys("d", day, "d"), Foot: 1, Once: true, Do: answer(consent.Day)},
			widget.Bind{Binding: widget.Keys("a", always, "a"), Foot: 1, Once: true, Do: answer(consent.Always)},
		)
	}
	return append(binds, widget.Bind{Binding: widget.Keys("n", refuse, "n", "enter", "esc"), Foot: 1, Do: answer(consent.No)})
}

// answer answers all questions that the sheet stands for.
func (s *consentSheet) answer(win *window, v consent.Verdict) tea.Cmd {
	win.accounts.sheet = nil
	backend, asks := win.o.Backend, s.same
	a, _ := win.snap.Find(s.ask.Account)
	words := cells.Clean(s.ask.Program.Name) + " gets no token of " + cells.Clean(a.Label) + "."
	if v.Allows() {
		words = cells.Clean(s.ask.Program.Name) + " may use " + cells.Clean(a.Label) + ": " + v.Words() + "."
	}
	win.snap.Asks = without(win.snap.Asks, asks)
	return win.acts().act(words, func(context.Context) error {
		var failed error
		for _, r := range asks {
			if err := backend.Answer(r, v); err != nil {
				failed = err
			}
		}
		return failed
	})
}

// without are the questions that are not answered.
func without(all, answered []consent.Request) (left []consent.Request) {
	done := map[string]bool{}
	for _, r := range answered {
		done[r.ID] = true
	}
	for _, r := range all {
		if !done[r.ID] {
			left = append(left, r)
		}
	}
	return left
}

func (s *consentSheet) draw(win *window, w, h int) ([]string, *tea.Cursor) {
	return s.text(win, w).Draw(win.Common, w, h), nil
}

func (s *consentSheet) room(win *window, w int) int { return s.text(win, w).Room(win.Common) }

func (s *consentSheet) text(win *window, w int) widget.Sheet {
	in := &win.Theme.Plain
	a, _ := win.snap.Find(s.ask.Account)
	name, label := cells.Clean(s.ask.Program.Name), cells.Clean(a.Label)
	t := widget.Sheet{Title: name + " wants to use " + label, Ink: in.Act, Keys: win.Footer(s.binds(win), w-3)}
	if win.Narrow() {
		t.Title = "May " + name + " use " + label + "?"
	}
	who := cells.Clean(s.ask.Program.Words()) + " wants a token of " + label + " (" + cells.Clean(a.ProviderName) + ")"
	if s.ask.Command != "" {
		who += ", by hermes-tui " + cells.Clean(s.ask.Command)
	}
	t.Body = widget.Paragraph(who+".", w-4, in.Fg)
	if path := cells.Clean(s.ask.Program.Path); path != "" {
		t.Body = append(t.Body, widget.Paragraph(path, w-4, in.Strong)...)
	}
	if others := s.others(); others != "" {
		t.Body = append(t.Body, widget.Paragraph(others, w-4, in.Fg)...)
	}
	note := "Without an answer it is refused in " + say.Span(say.Until(s.ask.Until, win.now)) + "."
	if s.ask.Program.Key == "" {
		note = "Nothing tells it from other programs, so that it is allowed once only. " + note
	}
	t.Body = append(t.Body, widget.Paragraph(note, w-4, in.Muted)...)
	return t
}

// others say what else waits.
func (s *consentSheet) others() string {
	text := ""
	if n := len(s.same); n > 1 {
		text = "It has asked " + say.Plural(n, "time", "times") + ". "
	}
	if s.more > 0 {
		text += "Behind it " + say.Plural(s.more, "question waits", "questions wait") + "."
	}
	return strings.TrimSpace(text)
}
