package tui

import (
	"errors"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// renameSheet edits an account's label. Everything but enter and esc is text.
type renameSheet struct {
	id, was string
	field   widget.Field
	saving  bool
	err     error
}

func (p *accountsPage) openRename(win *window, a core.Account) tea.Cmd {
	p.sheet = &renameSheet{id: a.ID, was: cells.Clean(a.Label), field: widget.NewField(a.Label)}
	return nil
}

func (s *renameSheet) update(win *window, msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "enter", "esc":
			return widget.Press(s.binds(win), key)
		}
	}
	if !s.saving {
		s.field.Update(msg)
	}
	return nil
}

func (s *renameSheet) binds(win *window) []widget.Bind {
	return []widget.Bind{
		{Binding: widget.Keys("enter", "keep", "enter"), Foot: 1, Do: func() tea.Cmd { return s.keep(win) }},
		{Binding: widget.Keys("esc", "leave it as it was", "esc"), Foot: 1, Do: func() tea.Cmd {
			win.accounts.sheet = nil
			return nil
		}},
	}
}

// keep stores the label if it is a good one.
func (s *renameSheet) keep(win *window) tea.Cmd {
	if s.saving {
		return nil
	}
	label, err := core.CleanLabel(s.field.Value())
	if err != nil {
		s.err = err
		return nil
	}
	if label == s.was {
		win.accounts.sheet = nil
		return nil
	}
	if a, ok := win.snap.Find(s.id); ok && win.fleet.holds(a) { // what was written stays
		s.err = errors.New(win.fleet.why("renamed"))
		return nil
	}
	s.saving, s.err = true, nil
	return win.acts().rename(s.id, label, s.was)
}

func (s *renameSheet) draw(win *window, w, h int) ([]string, *tea.Cursor) {
	text := s.text(win, w)
	lines := text.Draw(win.Common, w, h)
	_, x := s.field.View(w - 6)
	return lines, widget.TextCursor(2+x, text.BodyAt(h))
}

func (s *renameSheet) room(win *window, w int) int { return s.text(win, w).Room(win.Common) }

func (s *renameSheet) text(win *window, w int) widget.Sheet {
	in, g := &win.Theme.Plain, win.Glyphs
	value, _ := s.field.View(w - 6)
	note := widget.Paragraph("Letters and digits are text here. The place in the pool stays.", w-4, in.Muted)
	if s.err != nil {
		note = win.Complaint(errorSentence(s.err), w-4)
	}
	return widget.Sheet{
		Title: "Rename " + g.QuoteLeft + s.was + g.QuoteRight, Ink: in.Accent,
		Body: append([]string{in.Strong.Render(value)}, note...),
		Keys: win.Footer(s.binds(win), w-2),
	}
}
