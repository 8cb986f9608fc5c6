package tui

import (
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
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
		return sentence(err.Error())
	}
	if e.Hint == "" {
		return sentence(e.Error())
	}
	return sentence(e.Error()) + " " + sentence(e.Hint)
}

// fade ends a sentence whose time is over.
func (t *toast) fade(now time.Time) {
	if t.text != "" && !t.sticky && now.Sub(t.since) >= toastTime {
		*t = toast{}
	}
}

// notice is the line above the footer: the toast, else what the snapshot has to
// say.
func (m *Model) notice(w int) string {
	more := m.glyphs.more
	switch {
	case m.toast.bad:
		return m.theme.plain.bad.Render(m.glyphs.bad) + " " + m.theme.plain.fg.Render(cut(m.toast.text, w-2, more))
	case m.toast.text != "":
		return m.theme.plain.fg.Render(cut(m.toast.text, w, more))
	case m.snap.Notice != "":
		return m.theme.plain.warn.Render(cut(sentence(m.snap.Notice), w, more))
	}
	return ""
}
