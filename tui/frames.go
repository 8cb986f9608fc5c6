package tui

import (
	"reflect"
	"time"
	"unsafe"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// framesPerSecond is how often the screen changes at most.
const framesPerSecond = 120

// ownFrames is the rate of Bubble Tea's own frame clock, where that cannot be
// replaced. It runs also while nothing changes, so it is slower.
const ownFrames = 30

// frames lets the renderer draw when there is something to draw. Left alone,
// Bubble Tea looks for something 30 times a second for as long as the program
// runs, which is most of what an idle window costs, and lets the first frame and
// every key wait for the next look.
//
// A view is handed to the renderer after View has returned, so the wish to draw
// it is a message: when it comes, the view is there.
type frames struct {
	clock   clock.Clock
	draw    chan time.Time // one frame each
	send    func(tea.Msg)
	last    time.Time // when the last frame was drawn
	waiting bool      // the next one has been put off
}

// drawMsg wants the last view drawn; late, one that was put off.
type drawMsg struct{ late bool }

func newFrames(c clock.Clock) *frames {
	return &frames{clock: c, draw: make(chan time.Time, 1), send: func(tea.Msg) {}}
}

// filter takes the wishes out of the messages, and a size that says nothing new,
// for which everything would be drawn again. It runs between two updates.
func (f *frames) filter(model tea.Model, msg tea.Msg) tea.Msg {
	if size, ok := msg.(tea.WindowSizeMsg); ok && model.(led).knows(size) {
		return nil
	}
	wish, ok := msg.(drawMsg)
	if !ok {
		return msg
	}
	const least = time.Second / framesPerSecond
	now := f.clock.Now()
	since := now.Sub(f.last)
	switch {
	case wish.late || !f.waiting && (since < 0 || since >= least):
		f.last, f.waiting = now, false
		select {
		case f.draw <- now:
		default: // it has not come to the one before, and will draw this one
		}
	case !f.waiting:
		f.waiting = true
		time.AfterFunc(least-since, func() { f.send(drawMsg{late: true}) })
	}
	return nil
}

// lead makes the renderer of p draw when f says so, and reports whether it
// could. Bubble Tea draws by a clock that always runs, and has no way yet to ask
// for anything else. Two open pull requests bring what is wanted here: "render
// only when the view changes" (github.com/charmbracelet/bubbletea/pull/1776) and
// "only tick while there is a frame to draw" (pull/1796); with a release that has
// one of them this goes. Until then Bubble Tea is given a clock of ours, which it
// keeps when it has one already. One of another make is left as it is.
func (f *frames) lead(p *tea.Program) bool {
	field := reflect.ValueOf(p).Elem().FieldByName("ticker")
	if !field.IsValid() || field.Type() != reflect.TypeFor[*time.Ticker]() || !field.IsNil() {
		return false
	}
	ticker := time.NewTicker(time.Hour)
	ticker.C = f.draw // nobody waits for its own channel, so it never runs
	*(**time.Ticker)(unsafe.Pointer(field.UnsafeAddr())) = ticker
	f.send = p.Send
	return true
}

// led is the window, with every view followed by the wish to draw it.
type led struct {
	*Model
	frames *frames
}

// Update implements [tea.Model].
func (l led) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	_, cmd := l.Model.Update(msg)
	return l, cmd
}

// View implements [tea.Model].
func (l led) View() tea.View {
	if l.Width > 0 { // there is something to see
		go l.frames.send(drawMsg{})
	}
	return l.Model.View()
}
