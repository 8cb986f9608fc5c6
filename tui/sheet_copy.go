package tui

import (
	"context"
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/connect"
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

func (s *copySheet) items(win *window) []copyItem {
	a := s.account
	text := func(key, name, value string) copyItem {
		return copyItem{key, name, value, func() tea.Cmd {
			win.accounts.sheet = nil
			return win.acts().copy(say.SentenceStart(name), value)
		}}
	}
	items := []copyItem{
		text("i", "id", cells.Clean(a.ID)),
		text("l", "label", cells.Clean(a.Label)),
		text("p", "command that prints a token", tokenCommand(win.o, a.ID)),
	}
	items = append(items, copyItem{"u", "address of the model API", orDash(cells.Clean(a.BaseURL), win.Common), func() tea.Cmd {
		win.accounts.sheet = nil
		return win.acts().copyAddress(a.ID)
	}})
	if win.serves(&a) {
		items = append(items, copyItem{"t", "access token", "asks once more", func() tea.Cmd {
			s.asking = true
			return nil
		}})
	}
	return items
}

// tokenCommand is a command line that prints a token of the account, wherever it
// is called: the program may not be on the search path, and may have a home.
func tokenCommand(o *Options, id string) string {
	command := o.Command
	if len(command) == 0 {
		command = []string{"hermes-tui"}
	}
	return connect.Line(o.OS, append(slices.Clone(command), "token", id)...)
}

func (s *copySheet) update(win *window, msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(s.binds(win), msg)
	}
	return nil
}

func (s *copySheet) close(win *window) func() tea.Cmd {
	return func() tea.Cmd {
		win.accounts.sheet = nil
		return nil
	}
}

func (s *copySheet) binds(win *window) []widget.Bind {
	if s.asking {
		leave := "leave it"
		if !win.Narrow() {
			leave += " (also enter and esc)"
		}
		return []widget.Bind{
			{Binding: widget.Keys("y", "copy the token", "y"), Foot: 1, Once: true, Do: func() tea.Cmd {
				win.accounts.sheet = nil
				return win.acts().copyToken(s.account)
			}},
			{Binding: widget.Keys("n", leave, "n", "enter", "esc"), Foot: 1, Do: s.close(win)},
		}
	}
	items := s.items(win)
	by := func(n int) func() tea.Cmd {
		return func() tea.Cmd { s.cursor = max(min(s.cursor+n, len(items)-1), 0); return nil }
	}
	binds := []widget.Bind{
		{Binding: widget.Keys("enter", "copy", "enter"), Foot: 1, Do: items[min(s.cursor, len(items)-1)].do},
		{Binding: widget.Keys("esc", "close", "esc", "q", "left"), Foot: 1, Do: s.close(win)},
		{Binding: widget.Keys("up", "", "up", "k"), Do: by(-1)}, {Binding: widget.Keys("down", "", "down", "j"), Do: by(1)},
	}
	for _, item := range items {
		binds = append(binds, widget.Bind{Binding: widget.Keys(item.key, "", item.key), Long: item.name, Once: true, Do: item.do})
	}
	return binds
}

func (s *copySheet) draw(win *window, w, h int) ([]string, *tea.Cursor) {
	text := s.text(win, w)
	lines := text.Draw(win.Common, w, h)
	if s.asking {
		return lines, nil
	}
	return lines, widget.CursorAt(0, min(text.BodyAt(h)+s.cursor, h-1))
}

func (s *copySheet) room(win *window, w int) int { return s.text(win, w).Room(win.Common) }

func (s *copySheet) text(win *window, w int) widget.Sheet {
	in, g := &win.Theme.Plain, win.Glyphs
	label := g.QuoteLeft + cells.Clean(s.account.Label) + g.QuoteRight
	if s.asking {
		text := "Whoever has it can use the account until it expires" + s.until(win) + ". Clipboard managers keep what was copied."
		return widget.Sheet{
			Title: "Copy the access token of " + label + "?", Ink: in.Act,
			Body: widget.Paragraph(text, w-4, in.Fg), Keys: win.Footer(s.binds(win), w-2),
		}
	}
	var body []string
	for i, item := range s.items(win) {
		ink, mark := in.Fg, "  "
		if i == s.cursor {
			ink, mark = in.Strong, in.Accent.Render(g.Cursor)+" "
		}
		line := mark + in.Key.Render(item.key) + "  " + ink.Render(cells.Left(item.name, min(29, w-10), g.More))
		if room := w - 2 - 5 - 29 - 3; room > 8 {
			line += "  " + in.Muted.Render(cells.Cut(cells.Clean(item.value), room, g.More))
		}
		body = append(body, line)
	}
	return widget.Sheet{Title: "Copy of " + label, Ink: in.Accent, Body: body, Keys: win.Footer(s.binds(win), w-2), Edge: -2}
}

// until says when the token that is copied expires, where that is known.
func (s *copySheet) until(win *window) string {
	if d := say.Until(s.account.ExpiresAt, win.now); d > 0 {
		return ", " + say.TimeOfDay(s.account.ExpiresAt, win.now, win.o.Location, false)
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
func (win acts) copyToken(a core.Account) tea.Cmd {
	backend, id, label := win.o.Backend, a.ID, cells.Clean(a.Label)
	return win.do(func(ctx context.Context) tea.Msg {
		token, err := backend.Token(ctx, id, core.TokenOptions{Inside: true})
		return tokenMsg{label, token, err}
	})
}

func (msg tokenMsg) arrive(win *window) tea.Cmd {
	if msg.err != nil {
		win.complain(msg.err)
		return nil
	}
	return win.acts().copy("Access token of "+msg.label, msg.token.Access.Reveal())
}

// addressMsg brings the address that is to be copied.
type addressMsg struct {
	runtime core.Runtime
	err     error
}

// copyAddress copies where the account's models are, as its sealed record says:
// it ends up in the configuration of a program, which sends tokens there.
func (win acts) copyAddress(id string) tea.Cmd {
	backend := win.o.Backend
	return win.do(func(ctx context.Context) tea.Msg {
		r, err := backend.Runtime(ctx, id)
		return addressMsg{r, err}
	})
}

func (msg addressMsg) arrive(win *window) tea.Cmd {
	if msg.err != nil {
		win.complain(msg.err)
		return nil
	}
	return win.acts().copy("Address of the model API", msg.runtime.BaseURL)
}
