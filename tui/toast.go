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
	again  string // id of the account that was not refreshed, which asking again does
}

// seen takes a failure away once a key is pressed and it has stood a while.
func (t *toast) seen(now time.Time) {
	if t.sticky && now.Sub(t.since) >= seenTime {
		*t = toast{}
	}
}

// voice says at the foot of a page what came of something.
type voice struct {
	*known
	toast toast
}

// hush takes back what was said.
func (v *voice) hush() { v.toast = toast{} }

// say shows a sentence that goes by itself.
func (v *voice) say(text string) {
	v.toast = toast{text: text, since: v.now}
}

// complain shows what went wrong and what to do.
func (v *voice) complain(err error) { v.complainText(errorSentence(err)) }

func (v *voice) complainText(text string) {
	v.toast = toast{text: text, bad: true, sticky: true, since: v.now}
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
func (v *voice) notice(w int) []string {
	in, text, mark := &v.Theme.Plain, v.toast.text, ""
	switch {
	case v.toast.bad:
		mark = in.Bad.Render(v.Glyphs.Bad) + " "
	case text == "" && v.fleet.speaks() && !v.Low():
		var act bool
		text, act = ofFleet(v.known).notice()
		if mark = in.Warn.Render(v.Glyphs.Waiting) + " "; act {
			mark = in.Alarm.Render(v.Glyphs.Bad) + " "
		}
	case text == "" && v.snap.Notice != "":
		text, mark = say.Sentence(v.snap.Notice), in.Warn.Render(v.Glyphs.Bad)+" "
	}
	if text == "" {
		return nil
	}
	room := w - 4 - cells.Width(mark)
	lines := cells.Wrap(text, min(room, 96))
	if len(lines) > mostNotice {
		rest := strings.Join(lines[mostNotice-1:], " ")
		lines = append(lines[:mostNotice-1], cells.Cut(rest, room, v.Glyphs.More))
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
func (win *window) foot(f *widget.Frame, binds []widget.Bind) {
	foot := win.Footer(binds, win.Inner()-3)
	switch notice := win.notice(win.Inner()); {
	case win.toast.text == "":
		f.Foot(win.Height, foot)
	case win.Low():
		f.Bottom(win.Height, notice...)
	default:
		f.Foot(win.Height, foot, notice...)
	}
}

// scrolled is a page whose text scrolls below its head.
func (win *window) scrolled(f widget.Frame, text *widget.Scroller, binds []widget.Bind) widget.Frame {
	f.Add(text.Shown()...)
	win.foot(&f, binds)
	return f
}

// removed is the page of an account that is gone.
func (win *window) removed(binds []widget.Bind) widget.Frame {
	w := win.Inner()
	f := widget.Frame{Lines: []string{win.Crumbs(w, "accounts", "removed", "")}}
	f.Foot(win.Height, win.Footer(binds, w-3))
	return f
}
