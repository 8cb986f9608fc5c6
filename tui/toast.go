package tui

import (
	"errors"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// toastTime is how long a sentence that reports a success stands.
const toastTime = 5 * time.Second

// seenTime is how long a failure must have stood before a key press takes it
// away.
const seenTime = time.Second

// toast is one sentence about what was done. A failure stays until a key is
// pressed after it could be read.
type toast struct {
	text   string
	bad    bool
	sticky bool
	since  time.Time
	again  string // id of the account that was not renewed, which asking again does
}

// seen takes a failure away once a key is pressed and it has stood a while.
func (t *toast) seen(now time.Time) {
	if t.sticky && now.Sub(t.since) >= seenTime {
		*t = toast{}
	}
}

// say shows a sentence that goes by itself.
func (m *Model) say(text string) {
	m.toast = toast{text: text, since: m.now}
}

// complain shows what went wrong and what to do.
func (m *Model) complain(err error) { m.complainText(errorSentence(err)) }

func (m *Model) complainText(text string) {
	m.toast = toast{text: text, bad: true, sticky: true, since: m.now}
}

// errorSentence is what happened and what to do, for a person.
func errorSentence(err error) string {
	var e *autherr.Error
	if !errors.As(err, &e) {
		return say.Sentence(err.Error())
	}
	if e.Hint == "" {
		return say.Sentence(e.Error())
	}
	return say.Sentence(e.Error()) + " " + say.Sentence(e.Hint)
}

// fade ends a sentence whose time is over.
func (t *toast) fade(now time.Time) {
	if t.text != "" && !t.sticky && now.Sub(t.since) >= toastTime {
		*t = toast{}
	}
}

// mostNotice is how many lines a notice may take: what happened and what to do.
const mostNotice = 3

// notice is what stands above the footer of a page of w cells, in lines: the
// toast, else what the snapshot has to say; none when there is neither.
func (m *Model) notice(w int) []string {
	in, text, mark := &m.Theme.Plain, m.toast.text, ""
	switch {
	case m.toast.bad:
		mark = in.Bad.Render(m.Glyphs.Bad) + " "
	case text == "" && m.snap.Notice != "":
		text, mark = say.Sentence(m.snap.Notice), in.Warn.Render(m.Glyphs.Bad)+" "
	}
	if text == "" {
		return nil
	}
	room := w - 4 - cells.Width(mark)
	lines := cells.Wrap(text, min(room, 96))
	if len(lines) > mostNotice {
		rest := strings.Join(lines[mostNotice-1:], " ")
		lines = append(lines[:mostNotice-1], cells.Cut(rest, room, m.Glyphs.More))
	}
	for i, line := range lines {
		lead := cells.Blank(cells.Width(mark))
		if i == 0 {
			lead = mark
		}
		lines[i] = "  " + lead + in.Fg.Render(line)
	}
	return lines
}

// foot puts the keys of a page at its foot, and above them what was just said;
// where lines are scarce that takes their place.
func (m *Model) foot(f *widget.Frame, binds []widget.Bind) {
	foot := "  " + m.Footer(binds, m.Inner()-2)
	switch notice := m.notice(m.Inner()); {
	case m.toast.text == "":
		f.Bottom(m.Height, foot)
	case m.Low():
		f.Bottom(m.Height, notice...)
	default:
		f.Bottom(m.Height, append(notice, foot)...)
	}
}

// scrolled is a page whose text scrolls below its head.
func (m *Model) scrolled(f widget.Frame, text *widget.Scroller, binds []widget.Bind) widget.Frame {
	f.Add(text.Shown()...)
	m.foot(&f, binds)
	return f
}

// removed is the page of an account that is gone.
func (m *Model) removed(binds []widget.Bind) widget.Frame {
	w := m.Inner()
	f := widget.Frame{Lines: []string{m.Crumbs(w, "accounts", "removed", "")}}
	f.Bottom(m.Height, "  "+m.Footer(binds, w-2))
	return f
}
