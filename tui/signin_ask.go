package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// question is what a sign-in asks before it is saved. It opens by itself.
type question struct {
	core.Asking
	pausing
}

// ask shows the question on the attempt's page, or says that one waits there.
func (t *attempt) ask(win *window, q core.Asking) {
	t.question = &question{q, pauseFrom(win.now)}
	if !win.shown(t.page) {
		win.complainText("Sign-in to " + cells.Clean(t.label) + ": " + say.Sentence(q.Sentence()) + " Enter on its row decides.")
	}
}

// asking says whether the page waits for the person's decision.
func (p *signInPage) asking() bool { return p.waiting() && p.attempt.question != nil }

// askBinds are the keys of the question.
func (p *signInPage) askBinds(win *window) []widget.Bind {
	q := p.attempt.question
	decide := func(d core.Decision) func() tea.Cmd {
		return func() tea.Cmd {
			if q.hears(win.now) {
				q.Answer(d)
				p.attempt.question = nil
			}
			return nil
		}
	}
	save, another, replace, discard := "save it all the same", "add another account", "replace that sign-in", "save nothing (also enter and esc)"
	if win.Inner() < 88 {
		save, another, replace, discard = "save", "add", "replace", "save nothing"
	}
	var binds []widget.Bind
	if !q.Another {
		save = another
		binds = append(binds, widget.Bind{Binding: widget.Keys("r", replace, "r"), Foot: 1, Once: true, Answer: true, Do: decide(core.Replace)})
	}
	return append(binds,
		widget.Bind{Binding: widget.Keys("y", save, "y"), Foot: 1, Once: true, Answer: true, Do: decide(core.Save)},
		widget.Bind{Binding: widget.Keys("n", discard, "n", "enter", "esc"), Foot: 1, Once: true, Answer: true, Do: decide(core.Discard)})
}

// drawQuestion says whose sign-in it is, and what there is to decide.
func (p *signInPage) drawQuestion(win *window, f *widget.Frame, w int) {
	in, q := &win.Theme.Plain, p.attempt.question
	f.Add("")
	for i, line := range cells.Wrap(say.Sentence(q.Sentence()), min(w-6, 72)) {
		mark := "   "
		if i == 0 {
			mark = in.Warn.Render(win.Glyphs.Bad) + "  "
		}
		f.Add("  " + mark + in.Fg.Render(line))
	}
	what := "Nothing is saved yet."
	if !q.Another {
		what += " Replacing keeps the label and the place in the pool of the account that is here."
	}
	for _, line := range cells.Wrap(what, min(w-6, 72)) {
		f.Add("     " + in.Muted.Render(line))
	}
}
