package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// textPage shows paragraphs, for reading.
type textPage struct {
	title  string
	text   []string // paragraphs
	scroll widget.Scroller
}

const (
	whyTitle   = "why sign in again"
	aboutTitle = "what this is"
)

// aboutText says what the program does.
func aboutText(win *window) []string {
	text := []string{
		"hermes-tui keeps your sign-ins with model providers alive. You sign in once, with a code that you approve in a browser; it refreshes the short-lived tokens before they expire and keeps them in your keyring or in an encrypted file.",
		"Other programs ask it for a token when they need one: `hermes-tui token` prints a fresh one.",
		"When a provider ends a sign-in, you are asked to sign in again, with one key.",
	}
	if win.snap.Store.Kind == "file" && win.snap.Store.Reason != "" {
		text = append(text, "No OS keyring answers here ("+cells.Clean(win.snap.Store.Reason)+"), so tokens are kept in an encrypted file. Start a keyring, or say --keystore keyring, to use one.")
	}
	if win.o.SecondTerminal != "" {
		text = append(text, "This is the sandbox. In a second terminal: "+cells.Clean(win.o.SecondTerminal))
	}
	return text
}

func (p *textPage) update(win *window, msg tea.Msg) tea.Cmd {
	p.scroll.Mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(p.binds(win), msg)
	}
	return nil
}

func (p *textPage) binds(win *window) []widget.Bind {
	binds := []widget.Bind{backBind(win, "q", "left", "enter"), win.paletteBind(p), win.helpBelow(p, p.title)}
	return append(binds, p.scroll.Binds()...)
}

func (p *textPage) counting(*window) time.Duration { return 0 }

func (p *textPage) top(win *window) widget.Frame { return win.Page("Help", p.title, "") }

func (p *textPage) derive(win *window) {
	var body []string
	for i, text := range p.text {
		if i > 0 || !win.Low() {
			body = append(body, "")
		}
		for _, line := range widget.Paragraph(text, win.Inner()-4, win.Theme.Plain.Fg) {
			body = append(body, "  "+line)
		}
	}
	p.scroll.Read(win.Common, p.top(win), body)
}

func (p *textPage) view(win *window) widget.Frame {
	return win.scrolled(p.top(win), &p.scroll, p.binds(win))
}
