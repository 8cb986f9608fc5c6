package tui

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

// textPage shows paragraphs, for reading.
type textPage struct {
	title  string
	text   []string // paragraphs
	scroll scroller
}

const (
	whyTitle   = "why sign in again"
	aboutTitle = "what this is"
)

// whyText explains a dead grant to a person.
var whyText = []string{
	"A sign-in gives this program two tokens. The access token is for the model API and lives for minutes. The refresh token fetches the next access token, and works once: using it brings a new one, and the old one is dead.",
	"So the provider notices a stolen token: it sees one used a second time. It cannot tell which program is yours, so it ends the sign-in for both.",
	"The same happens when a copy of the tokens is used on another machine or by another program, when you take access back at the provider or change your password, and when a program crashes between using the old token and keeping the new one.",
	"A dead sign-in never comes back. That is why its tokens were deleted and nothing is retried. Signing in again takes one code; label and place stay.",
	"To avoid it: do not copy token files, sign in once for each program that keeps tokens of its own, and let the others ask hermes-tui for tokens.",
}

// aboutText says what the program does.
func aboutText(m *Model) []string {
	text := []string{
		"hermes-tui keeps your sign-ins with model providers alive. You sign in once, with a code that you approve in a browser; it renews the short-lived tokens before they expire and keeps them in your keyring or in an encrypted file.",
		"Other programs ask it for a token when they need one: `hermes-tui token` prints a fresh one.",
		"When a provider ends a sign-in, you are asked to sign in again, with one key.",
	}
	if m.snap.Store.Kind == "file" && m.snap.Store.Reason != "" {
		text = append(text, "No OS keyring answers here ("+clean(m.snap.Store.Reason)+"), so tokens are kept in an encrypted file. Start a keyring, or say --keystore keyring, to use one.")
	}
	if m.o.SecondTerminal != "" {
		text = append(text, "This is the sandbox. In a second terminal: "+clean(m.o.SecondTerminal))
	}
	return text
}

func (p *textPage) update(m *Model, msg tea.Msg) tea.Cmd {
	p.scroll.mouse(msg)
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return press(p.binds(m), msg)
	}
	return nil
}

func (p *textPage) binds(m *Model) []bind {
	return append([]bind{backBind(m, "q", "left", "enter")}, p.scroll.binds()...)
}

func (p *textPage) counting(*Model) time.Duration { return 0 }

func (p *textPage) view(m *Model) frame {
	w := m.inner()
	var f frame
	f.add(m.crumbs(w, "Help", p.title, ""))
	if !m.narrow() {
		f.add(m.headerRule(w))
	}
	var body []string
	for i, text := range p.text {
		if i > 0 || !m.low() {
			body = append(body, "")
		}
		for _, line := range paragraph(text, w-4, m.theme.plain.fg) {
			body = append(body, "  "+line)
		}
	}
	p.scroll.draw(m, &f, body, p)
	return f
}
