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
func aboutText(m *Model) []string {
	text := []string{
		"hermes-tui keeps your sign-ins with model providers alive. You sign in once, with a code that you approve in a browser; it renews the short-lived tokens before they expire and keeps them in your keyring or in an encrypted file.",
		"Other programs ask it for a token when they need one: `hermes-tui token` prints a fresh one.",
		"When a provider ends a sign-in, you are asked to sign in again, with one key.",
	}
	if m.snap.Store.Kind == "file" && m.snap.Store.Reason != "" {
		text = append(text, "No OS keyring answers here ("+cells.Clean(m.snap.Store.Reason)+"), so tokens are kept in an encrypted file. Start a keyring, or say --keystore keyring, to use one.")
	}
	if m.o.SecondTerminal != "" {
		text = append(text, "This is the sandbox. In a second terminal: "+cells.Clean(m.o.SecondTerminal))
	}
	return text
}

func (p *textPage) update(m *Model, msg tea.Msg) tea.Cmd {
	p.scroll.Mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(p.binds(m), msg)
	}
	return nil
}

func (p *textPage) binds(m *Model) []widget.Bind {
	return append([]widget.Bind{backBind(m, "q", "left", "enter")}, p.scroll.Binds()...)
}

func (p *textPage) counting(*Model) time.Duration { return 0 }

func (p *textPage) top(m *Model) widget.Frame { return m.Page("Help", p.title, "") }

func (p *textPage) derive(m *Model) {
	var body []string
	for i, text := range p.text {
		if i > 0 || !m.Low() {
			body = append(body, "")
		}
		for _, line := range widget.Paragraph(text, m.Inner()-4, m.Theme.Plain.Fg) {
			body = append(body, "  "+line)
		}
	}
	p.scroll.Read(m.Common, p.top(m), body)
}

func (p *textPage) view(m *Model) widget.Frame { return m.scrolled(p.top(m), &p.scroll, p.binds(m)) }
