package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// copySheet is the menu of what can be copied of an account. The access token
// only goes after a second question.
type copySheet struct {
	account core.Account
	cursor  int
	asking  bool // whether the token may be copied
}

// copyItem is a line of the menu.
type copyItem struct {
	key, name, value string
	do               func() tea.Cmd
}

func (s *copySheet) items(m *Model) []copyItem {
	a := s.account
	text := func(key, name, value string) copyItem {
		return copyItem{key, name, value, func() tea.Cmd {
			m.accounts.sheet = nil
			return m.copy(say.SentenceStart(name), value)
		}}
	}
	items := []copyItem{
		text("i", "id", cells.Clean(a.ID)),
		text("l", "label", cells.Clean(a.Label)),
		text("k", "command that prints a token", "hermes-tui token "+cells.Clean(a.ID)),
	}
	items = append(items, copyItem{"u", "address of the model API", orDash(cells.Clean(a.BaseURL), m), func() tea.Cmd {
		m.accounts.sheet = nil
		return m.copyAddress(a.ID)
	}})
	if m.serves(&a) {
		items = append(items, copyItem{"t", "access token", "asks once more", func() tea.Cmd {
			s.asking = true
			return nil
		}})
	}
	return items
}

func (s *copySheet) update(m *Model, msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(s.binds(m), msg)
	}
	return nil
}

func (s *copySheet) close(m *Model) func() tea.Cmd {
	return func() tea.Cmd {
		m.accounts.sheet = nil
		return nil
	}
}

func (s *copySheet) binds(m *Model) []widget.Bind {
	if s.asking {
		leave := "leave it"
		if !m.Narrow() {
			leave += " (also enter and esc)"
		}
		return []widget.Bind{
			{Binding: widget.Keys("y", "copy the token", "y"), Foot: 1, Once: true, Do: func() tea.Cmd {
				m.accounts.sheet = nil
				return m.copyToken(s.account)
			}},
			{Binding: widget.Keys("n", leave, "n", "enter", "esc"), Foot: 1, Do: s.close(m)},
		}
	}
	items := s.items(m)
	by := func(n int) func() tea.Cmd {
		return func() tea.Cmd { s.cursor = max(min(s.cursor+n, len(items)-1), 0); return nil }
	}
	binds := []widget.Bind{
		{Binding: widget.Keys("enter", "copy", "enter"), Foot: 1, Do: items[min(s.cursor, len(items)-1)].do},
		{Binding: widget.Keys("esc", "close", "esc", "q", "left"), Foot: 1, Do: s.close(m)},
		{Binding: widget.Keys("up", "", "up"), Do: by(-1)}, {Binding: widget.Keys("down", "", "down", "j"), Do: by(1)},
	}
	for _, item := range items {
		binds = append(binds, widget.Bind{Binding: widget.Keys(item.key, "", item.key), Long: item.name, Once: true, Do: item.do})
	}
	return binds
}

func (s *copySheet) draw(m *Model, w, h int) ([]string, *tea.Cursor) {
	text := s.text(m, w)
	lines := text.Draw(m.Common, w, h)
	if s.asking {
		return lines, nil
	}
	y := 1 + s.cursor
	if h-len(text.Body)-2 >= 1 {
		y++
	}
	return lines, widget.CursorAt(0, min(y, h-1))
}

func (s *copySheet) room(m *Model, w int) int { return s.text(m, w).Room(m.Common) }

func (s *copySheet) text(m *Model, w int) widget.Sheet {
	in, g := &m.Theme.Plain, m.Glyphs
	label := g.QuoteLeft + cells.Clean(s.account.Label) + g.QuoteRight
	if s.asking {
		text := "Whoever has it can use the account until it expires" + s.until(m) + ". Clipboard managers keep what was copied."
		return widget.Sheet{
			Title: "Copy the access token of " + label + "?", Ink: in.Act,
			Body: widget.Paragraph(text, w-4, in.Fg), Keys: m.Footer(s.binds(m), w-2),
		}
	}
	var body []string
	for i, item := range s.items(m) {
		ink, mark := in.Fg, "  "
		if i == s.cursor {
			ink, mark = in.Strong, in.Accent.Render(g.Cursor)+" "
		}
		line := mark + in.Key.Render(item.key) + "  " + ink.Render(cells.Left(item.name, min(29, w-10), g.More))
		if room := w - 2 - 5 - 29 - 3; room > 8 {
			line += "  " + in.Muted.Render(cells.Cut(item.value, room, g.More))
		}
		body = append(body, line)
	}
	return widget.Sheet{Title: "Copy of " + label, Ink: in.Accent, Body: body, Keys: m.Footer(s.binds(m), w-2), Edge: -2}
}

// until says when the token that is copied expires, where that is known.
func (s *copySheet) until(m *Model) string {
	if d := say.Until(s.account.ExpiresAt, m.now); d > 0 {
		return ", " + say.TimeOfDay(s.account.ExpiresAt, m.now, m.o.Location, false)
	}
	return ""
}

// tokenMsg brings a token that is to be copied.
type tokenMsg struct {
	label string
	token core.Token // prints as nothing; only the clipboard gets it
	err   error
}

// copyToken fetches a token that works and copies it.
func (m *Model) copyToken(a core.Account) tea.Cmd {
	parent, backend, id, label := m.ctx, m.o.Backend, a.ID, cells.Clean(a.Label)
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, actionTime)
		defer cancel()
		token, err := backend.Token(ctx, id, core.TokenOptions{})
		return tokenMsg{label, token, err}
	}
}

func (msg tokenMsg) arrive(m *Model) tea.Cmd {
	if msg.err != nil {
		m.complain(msg.err)
		return nil
	}
	return m.copy("Access token of "+msg.label, msg.token.Access.Reveal())
}

// addressMsg brings the address that is to be copied.
type addressMsg struct {
	runtime core.Runtime
	err     error
}

// copyAddress copies where the account's models are, as its sealed record says:
// it ends up in the configuration of a program, which sends tokens there.
func (m *Model) copyAddress(id string) tea.Cmd {
	parent, backend := m.ctx, m.o.Backend
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(parent, actionTime)
		defer cancel()
		r, err := backend.Runtime(ctx, id)
		return addressMsg{r, err}
	}
}

func (msg addressMsg) arrive(m *Model) tea.Cmd {
	if msg.err != nil {
		m.complain(msg.err)
		return nil
	}
	return m.copy("Address of the model API", msg.runtime.BaseURL)
}
