package tui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/style"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// leastText is how wide the text beside a QR must be.
const leastText = 34

// codeBinds are the keys while the provider is asked.
func (p *signInPage) codeBinds(m *Model) []widget.Bind {
	var binds []widget.Bind
	code := p.attempt.code
	short := func(long, short string) string {
		if m.Narrow() {
			return short
		}
		return long
	}
	if code != nil && trusted(*code) && m.canBrowse() {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("enter", short("open browser", "open"), "enter"), Foot: 2, Once: true,
			Do: func() tea.Cmd { return m.browse(code.VerificationURI) },
		})
	}
	if code != nil {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("c", short("copy code", "code"), "c"), Foot: 3,
			Do: func() tea.Cmd { return m.copy("Code", cells.Clean(code.UserCode)) },
		})
	}
	if code != nil && trusted(*code) {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("u", short("copy link", "link"), "u"), Foot: 4,
			Do: func() tea.Cmd { return m.copy("Link", code.VerificationURI) },
		}, p.qrBind(m, code.VerificationURI))
	}
	if code != nil {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("n", short("new code", "new"), "n"), Foot: 6, Once: true,
			Do: func() tea.Cmd { return p.request(m) },
		})
	}
	if p.attempt.code != nil {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("b", short("in the background", "later"), "b"), Long: "let it wait in the background", Foot: 7,
			Do: func() tea.Cmd { return p.leave(m) },
		})
	}
	return append(binds, widget.Bind{Binding: widget.Keys("esc", "cancel", "esc"), Foot: 1, Do: func() tea.Cmd { return p.back(m) }})
}

// qrBind shows or hides the QR, or says how large the window must be for it.
func (p *signInPage) qrBind(m *Model, link string) widget.Bind {
	place, need := p.placeQR(m, link)
	b := widget.Bind{Binding: widget.Keys("s", "QR code", "s"), Foot: 5, Do: func() tea.Cmd {
		if place == qrNowhere {
			p.qr = true // once the window is large enough
			m.say(need)
			return nil
		}
		p.qr = !p.qr
		return nil
	}}
	if p.qr && place != qrNowhere {
		b.SetHelp("s", "hide QR")
	}
	if m.Narrow() {
		b.SetHelp("s", "QR")
	}
	return b
}

// qrPlace is where a QR goes.
type qrPlace int

const (
	qrNowhere qrPlace = iota
	qrBeside          // at the right of the text
	qrAlone           // in the text's place
)

// placeQR finds room for the QR, or says what it needs.
func (p *signInPage) placeQR(m *Model, link string) (qrPlace, string) {
	w, h := widget.QRSize(link, m.o.ASCII)
	switch {
	case w == 0:
		return qrNowhere, "The link is too long for a QR code."
	case m.Inner()-w-1 >= leastText && m.Height >= h+3:
		return qrBeside, ""
	case m.Inner() >= w+2 && m.Height >= h+3:
		return qrAlone, ""
	default:
		return qrNowhere, fmt.Sprintf("The QR code needs a window of %dx%d.", w+2, h+3)
	}
}

// drawCode shows code, link and QR, and when the provider is asked next.
func (p *signInPage) drawCode(m *Model, f *widget.Frame, w int) {
	in, a := &m.Theme.Plain, p.attempt
	if a.code == nil {
		who := cells.Clean(p.choice.Name)
		if p.again != nil {
			who = cells.Clean(p.again.ProviderName)
		}
		f.Add("", "  "+in.Busy.Render(m.Glyphs.Busy)+"  "+in.Fg.Render("asking "+who+" for a code ")+p.turning(m))
		return
	}
	place := qrNowhere
	if p.qr && trusted(*a.code) {
		place, _ = p.placeQR(m, a.code.VerificationURI)
	}
	room := m.Height - len(f.Lines) - 1
	if m.toast.text != "" && !m.Low() {
		room--
	}
	switch place {
	case qrAlone:
		for _, line := range m.QRLines(a.code.VerificationURI) {
			f.Add(" " + line)
		}
	case qrBeside:
		qr := m.QRLines(a.code.VerificationURI)
		wide, _ := widget.QRSize(a.code.VerificationURI, m.o.ASCII)
		text := p.steps(m, w-wide-1-2, m.Height-len(f.Lines)-1, true)
		for i := range max(len(qr), len(text)) {
			line := ""
			if i < len(text) {
				line = text[i]
			}
			if i < len(qr) {
				line += cells.Blank(w-wide-1-cells.Width(line)) + qr[i]
			}
			f.Add(line)
		}
	default:
		f.Add(p.steps(m, w-1, room, false)...)
	}
}

// piece is a line of text that can be left out where lines are scarce; the one
// with the highest number goes first, zero never goes.
type piece struct {
	text string
	drop int
}

// steps is what the person has to do, in at most h lines of w cells.
func (p *signInPage) steps(m *Model, w, h int, qr bool) []string {
	in, code := &m.Theme.Plain, *p.attempt.code
	number := func(n, text string) string { return "  " + in.Accent.Render(n) + "  " + in.Fg.Render(text) }
	pieces := []piece{{"", 5}}
	link := cells.BreakLink(cells.Clean(code.VerificationURI), w-5)
	if most := max(h-6, 2); len(link) > most {
		link = append(link[:most-1], m.Glyphs.More)
	}
	if trusted(code) {
		pieces = append(pieces, piece{number("1", p.whereToOpen(m, qr)), 0})
		for _, line := range link {
			styled := ansi.SetHyperlink(code.VerificationURI, "id=signin") + in.Link.Render(line) + ansi.ResetHyperlink()
			pieces = append(pieces, piece{"     " + styled, 0})
		}
	} else {
		warning := "This link does not lead to " + p.host() + ". Do not open it unless you know why."
		for i, line := range cells.Wrap(warning, min(w-5, 72)) {
			mark := "   "
			if i == 0 {
				mark = in.Alarm.Render(m.Glyphs.Bad) + "  "
			}
			pieces = append(pieces, piece{"  " + mark + in.Fg.Render(line), 0})
		}
		for _, line := range link {
			pieces = append(pieces, piece{"     " + in.Muted.Render(line), 0})
		}
	}
	second, n := "Type this code there", "2"
	if !trusted(code) {
		n = "1" // the link is no step
	}
	if code.Complete {
		second = "Check that it shows this code"
	}
	pieces = append(pieces, piece{"", 3}, piece{number(n, second), 0}, piece{"", 4})
	for i, line := range m.codeBox(cells.Clean(code.UserCode), w-5) {
		drop := 0
		if i != 1 && m.boxed() {
			drop = 6
		}
		pieces = append(pieces, piece{"     " + line, drop})
	}
	pieces = append(pieces, piece{"", 2},
		piece{"  " + in.Busy.Render(m.Glyphs.Busy) + "  " + in.Fg.Render("waiting for your approval ") + p.turning(m), 0})
	for i, line := range cells.Wrap(p.nextCheck(m), min(w-5, 72)) {
		pieces = append(pieces, piece{"     " + in.Muted.Render(line), min(1+i, 2)})
	}
	if note := say.Sentence(p.choice.Note); note != "" {
		pieces = append(pieces, piece{"", 8})
		for _, line := range cells.Wrap(note, min(w-5, 72)) {
			pieces = append(pieces, piece{"     " + in.Muted.Render(line), 7})
		}
	}
	return fit(pieces, h)
}

// fit leaves out the least important lines until the rest fits.
func fit(pieces []piece, h int) []string {
	left := len(pieces)
	limit := 9
	for left > h && limit > 1 {
		limit--
		left = 0
		for _, p := range pieces {
			if p.drop < limit {
				left++
			}
		}
	}
	var lines []string
	for _, p := range pieces {
		if p.drop < limit {
			lines = append(lines, p.text)
		}
	}
	return lines
}

// host is where the link should have led.
func (p *signInPage) host() string {
	if p.choice.Host != "" {
		return cells.Clean(p.choice.Host)
	}
	return cells.Clean(p.choice.Name)
}

func (p *signInPage) whereToOpen(m *Model, qr bool) string {
	switch {
	case qr:
		return "Scan, or open on any device"
	case m.canBrowse():
		return "Open this page in your browser"
	default:
		return "Open this page on any device"
	}
}

// boxed says whether the code stands on a background of its own.
func (m *Model) boxed() bool {
	return !m.o.NoColor && m.background != style.Unknown && m.profile > colorprofile.ANSI
}

// codeBox is the code, easy to find.
func (m *Model) codeBox(code string, w int) []string {
	ink := m.Theme.Plain.Code
	code = cells.Cut(code, w-4, m.Glyphs.More)
	if !m.boxed() {
		return []string{ink.Render("[ " + code + " ]")}
	}
	empty := ink.Render(cells.Blank(cells.Width(code) + 4))
	return []string{empty, ink.Render("  " + code + "  "), empty}
}

// turning shows that the program is alive.
func (p *signInPage) turning(m *Model) string {
	if m.o.NoAnimation {
		return m.Theme.Plain.Muted.Render(strings.Repeat(".", 1+int(m.now.Unix()%3)))
	}
	return m.Theme.Plain.Busy.Render(p.spinner.View())
}

// nextCheck says when the provider is asked next, and why not sooner.
func (p *signInPage) nextCheck(m *Model) string {
	a := p.attempt
	every := "checked every " + secondsOf(a.code.Interval)
	if a.next.NextAt.IsZero() {
		return every
	}
	next := "checking now"
	if d := say.Until(a.next.NextAt, m.now); d > 0 {
		next = "next check in " + secondsOf(d)
	}
	if reason := cells.Clean(a.next.Reason); reason != "" {
		return strings.TrimRight(reason, ".") + " " + m.Glyphs.Dot + " " + next
	}
	if a.code.Interval < 5*time.Second {
		return every // a countdown that jumps all the time says less
	}
	return next
}

// secondsOf writes a short time as "2 s", a longer one as "1m 05s".
func secondsOf(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", max(int(d.Round(time.Second)/time.Second), 1))
	}
	return say.Span(d)
}

// failedBinds are the keys after a failure.
func (p *signInPage) failedBinds(m *Model) []widget.Bind {
	again := "try again"
	if a := p.attempt; a != nil && a.code != nil {
		again = "new code"
	}
	return []widget.Bind{
		{Binding: widget.Keys("enter", again, "enter", "n"), Foot: 1, Once: true, Do: func() tea.Cmd { return p.request(m) }},
		{Binding: widget.Keys("esc", "back", "esc"), Foot: 1, Do: func() tea.Cmd { return p.back(m) }},
	}
}

// drawFailed says what happened and what to do; the code stands muted below.
func (p *signInPage) drawFailed(m *Model, f *widget.Frame, w int) {
	in := &m.Theme.Plain
	f.Add("")
	a := p.attempt
	if a == nil {
		return
	}
	for i, line := range cells.Wrap(say.Sentence(a.failed.Error()), min(w-6, 72)) {
		mark := "   "
		if i == 0 {
			mark = in.Alarm.Render(m.Glyphs.Bad) + "  "
		}
		f.Add("  " + mark + in.Fg.Render(line))
	}
	hint := say.Sentence(a.failed.Hint)
	if hint == "" {
		hint = "Nothing was saved."
	}
	for _, line := range cells.Wrap(hint, min(w-6, 72)) {
		f.Add("     " + in.Fg.Render(line))
	}
	if code := cells.Clean(a.failed.Code); code != "" {
		f.Add("", "     "+in.Muted.Render(cells.Cut(code, w-6, m.Glyphs.More)))
	}
}
