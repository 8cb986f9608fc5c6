package tui

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// leastText is how wide the text beside a QR must be.
const leastText = 34

// codeBinds are the keys while the provider is asked.
func (p *signInPage) codeBinds(win *window) []widget.Bind {
	var binds []widget.Bind
	code := p.attempt.code
	short := func(long, short string) string {
		if win.Narrow() {
			return short
		}
		return long
	}
	if code != nil && code.Trusted() && canBrowse(win) {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("enter", short("open browser", "open"), "enter"), Long: "open the browser", Group: groupAccount, Foot: 2, Once: true,
			Do: func() tea.Cmd { return win.acts().browse(code.VerificationURI) },
		})
	}
	if code != nil {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("c", short("copy code", "code"), "c"), Long: "copy the code", Group: groupAccount, Foot: 3,
			Do: func() tea.Cmd { return win.acts().copy("Code", cells.Clean(code.UserCode)) },
		})
	}
	if code != nil && code.Trusted() {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("u", short("copy link", "link"), "u"), Long: "copy the link", Group: groupAccount, Foot: 4,
			Do: func() tea.Cmd { return win.acts().copy("Link", code.VerificationURI) },
		}, p.qrBind(win, code.VerificationURI))
	}
	if code != nil {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("n", short("new code", "new"), "n"), Long: "get a new code", Group: groupAccount, Foot: 6, Once: true,
			Do: func() tea.Cmd { return p.request(win) },
		})
	}
	if p.attempt.code != nil {
		binds = append(binds, widget.Bind{
			Binding: widget.Keys("b", short("in the background", "later"), "b"), Long: "let it wait behind its row", Group: groupAccount, Foot: 7,
			Do: func() tea.Cmd { return p.leave(win) },
		})
	}
	return append(binds,
		widget.Bind{Binding: widget.Keys("esc", "cancel", "esc"), Long: "cancel the sign-in", Group: groupAccount, Foot: 1, Do: func() tea.Cmd { return p.back(win) }},
		win.paletteBind(p), win.helpBelow(p, "sign in"))
}

// qrBind shows or hides the QR, or says how large the window must be for it.
func (p *signInPage) qrBind(win *window, link string) widget.Bind {
	place, need := p.placeQR(win, link)
	b := widget.Bind{Binding: widget.Keys("s", "QR code", "s"), Foot: 5, Do: func() tea.Cmd {
		if place == qrNowhere {
			p.qr = true // once the window is large enough
			win.say(need)
			return nil
		}
		p.qr = !p.qr
		return nil
	}}
	if p.qr && place != qrNowhere {
		b.SetHelp("s", "hide QR")
	}
	if win.Narrow() {
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
func (p *signInPage) placeQR(win *window, link string) (qrPlace, string) {
	w, h := widget.QRSize(link, win.o.ASCII)
	switch {
	case w == 0:
		return qrNowhere, "The link is too long for a QR code."
	case win.Inner()-w-1 >= leastText && win.Height >= h+3:
		return qrBeside, ""
	case win.Inner() >= w+2 && win.Height >= h+3:
		return qrAlone, ""
	default:
		return qrNowhere, fmt.Sprintf("The QR code needs a window of %dx%d.", w+2, h+3)
	}
}

// drawCode shows code, link and QR, and when the provider is asked next.
func (p *signInPage) drawCode(win *window, f *widget.Frame, w int) {
	in, a := &win.Theme.Plain, p.attempt
	if a.code == nil {
		who := cells.Clean(p.choice.Name)
		if p.again != nil {
			who = cells.Clean(p.again.ProviderName)
		}
		f.Add("", "  "+in.Busy.Render(win.Glyphs.Busy)+"  "+in.Fg.Render("asking "+who+" for a code ")+p.turning(win))
		return
	}
	place := qrNowhere
	if p.qr && a.code.Trusted() {
		place, _ = p.placeQR(win, a.code.VerificationURI)
	}
	room := win.Height - len(f.Lines) - 1
	if win.toast.text != "" && !win.Low() {
		room--
	}
	switch place {
	case qrAlone:
		for _, line := range win.QRLines(a.code.VerificationURI) {
			f.Add(" " + line)
		}
	case qrBeside:
		qr := win.QRLines(a.code.VerificationURI)
		wide, _ := widget.QRSize(a.code.VerificationURI, win.o.ASCII)
		text := p.steps(win, w-wide-1-2, win.Height-len(f.Lines)-1, true)
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
		f.Add(p.steps(win, w-1, room, false)...)
	}
}

// piece is a line of text that can be left out where lines are scarce; the one
// with the highest number goes first, zero never goes.
type piece struct {
	text string
	drop int
}

// steps is what the person has to do, in at most h lines of w cells.
func (p *signInPage) steps(win *window, w, h int, qr bool) []string {
	in, code := &win.Theme.Plain, *p.attempt.code
	number := func(n, text string) string { return "  " + in.Accent.Render(n) + "  " + in.Fg.Render(text) }
	pieces := []piece{{"", 5}}
	link := cells.BreakLink(cells.Clean(code.VerificationURI), w-5)
	if most := max(h-6, 2); len(link) > most {
		link = append(link[:most-1], win.Glyphs.More)
	}
	if code.Trusted() {
		pieces = append(pieces, piece{number("1", p.whereToOpen(win, qr)), 0})
		for _, line := range link {
			styled := ansi.SetHyperlink(code.VerificationURI, "id=signin") + in.Link.Render(line) + ansi.ResetHyperlink()
			pieces = append(pieces, piece{"     " + styled, 0})
		}
	} else {
		warning := "This link does not lead to " + p.host() + ". Do not open it unless you know why."
		for i, line := range cells.Wrap(warning, min(w-5, 72)) {
			mark := "   "
			if i == 0 {
				mark = in.Alarm.Render(win.Glyphs.Bad) + "  "
			}
			pieces = append(pieces, piece{"  " + mark + in.Fg.Render(line), 0})
		}
		for _, line := range link {
			pieces = append(pieces, piece{"     " + in.Muted.Render(line), 0})
		}
	}
	second, n := "Type this code there", "2"
	if !code.Trusted() {
		n = "1" // the link is no step
	}
	if code.Complete {
		second = "Check that it shows this code"
	}
	pieces = append(pieces, piece{"", 3}, piece{number(n, second), 0}, piece{"", 4})
	for i, line := range codeBox(win, cells.Clean(code.UserCode), w-5) {
		drop := 0
		if i != 1 && win.Theme.Boxed {
			drop = 6
		}
		pieces = append(pieces, piece{"     " + line, drop})
	}
	pieces = append(pieces, piece{"", 2},
		piece{"  " + in.Busy.Render(win.Glyphs.Busy) + "  " + in.Fg.Render("waiting for your approval ") + p.turning(win), 0})
	for i, line := range cells.Wrap(p.nextCheck(win), min(w-5, 72)) {
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

func (p *signInPage) whereToOpen(win *window, qr bool) string {
	switch {
	case qr:
		return "Scan, or open on any device"
	case canBrowse(win):
		return "Open this page in your browser"
	default:
		return "Open this page on any device"
	}
}

// codeBox is the code, easy to find.
func codeBox(win *window, code string, w int) []string {
	ink := win.Theme.Plain.Code
	code = cells.Cut(code, w-4, win.Glyphs.More)
	if !win.Theme.Boxed {
		return []string{ink.Render("[ " + code + " ]")}
	}
	empty := ink.Render(cells.Blank(cells.Width(code) + 4))
	return []string{empty, ink.Render("  " + code + "  "), empty}
}

// turning shows that the program is alive.
func (p *signInPage) turning(win *window) string {
	if win.o.NoAnimation {
		return win.Theme.Plain.Muted.Render(strings.Repeat(".", 1+int(win.now.Unix()%3)))
	}
	return win.Theme.Plain.Busy.Render(p.spinner.View())
}

// nextCheck says when the provider is asked next, and why not sooner.
func (p *signInPage) nextCheck(win *window) string {
	a := p.attempt
	every := "checked every " + secondsOf(a.code.Interval)
	if a.next.NextAt.IsZero() {
		return every
	}
	next := "checking now"
	if d := say.Until(a.next.NextAt, win.now); d > 0 {
		next = "next check in " + secondsOf(d)
	}
	if reason := cells.Clean(a.next.Reason); reason != "" {
		return strings.TrimRight(reason, ".") + " " + win.Glyphs.Dot + " " + next
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
func (p *signInPage) failedBinds(win *window) []widget.Bind {
	again := "try again"
	if a := p.attempt; a != nil && a.code != nil {
		again = "new code"
	}
	return []widget.Bind{
		{Binding: widget.Keys("enter", again, "enter", "n"), Foot: 1, Once: true, Do: func() tea.Cmd { return p.request(win) }},
		{Binding: widget.Keys("esc", "back", "esc"), Foot: 1, Do: func() tea.Cmd { return p.back(win) }},
		win.paletteBind(p), win.helpBelow(p, "sign in"),
	}
}

// drawFailed says what happened and what to do; the code stands muted below.
func (p *signInPage) drawFailed(win *window, f *widget.Frame, w int) {
	in := &win.Theme.Plain
	f.Add("")
	a := p.attempt
	if a == nil {
		return
	}
	for i, line := range cells.Wrap(say.Sentence(a.failed.Error()), min(w-6, 72)) {
		mark := "   "
		if i == 0 {
			mark = in.Alarm.Render(win.Glyphs.Bad) + "  "
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
		f.Add("", "     "+in.Muted.Render(cells.Cut(code, w-6, win.Glyphs.More)))
	}
}
