package tui

import (
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

func (p *accountsPage) openRename(m *Model, a core.Account) tea.Cmd {
	p.sheet = &renameSheet{id: a.ID, was: cells.Clean(a.Label), field: widget.NewField(a.Label)}
	return nil
}

func (s *renameSheet) update(m *Model, msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "enter", "esc":
			return widget.Press(s.binds(m), key)
		}
	}
	if !s.saving {
		s.field.Update(msg)
	}
	return nil
}

func (s *renameSheet) binds(m *Model) []widget.Bind {
	return []widget.Bind{
		{Binding: widget.Keys("enter", "keep", "enter"), Foot: 1, Do: func() tea.Cmd { return s.keep(m) }},
		{Binding: widget.Keys("esc", "leave it as it was", "esc"), Foot: 1, Do: func() tea.Cmd {
			m.accounts.sheet = nil
			return nil
		}},
	}
}

// keep stores the label if it is a good one.
func (s *renameSheet) keep(m *Model) tea.Cmd {
	if s.saving {
		return nil
	}
	label, err := core.CleanLabel(s.field.Value())
	if err != nil {
		s.err = err
		return nil
	}
	if label == s.was {
		m.accounts.sheet = nil
		return nil
	}
	s.saving, s.err = true, nil
	return m.rename(s.id, label, s.was)
}

func (s *renameSheet) draw(m *Model, w, h int) ([]string, *tea.Cursor) {
	text := s.text(m, w)
	lines := text.Draw(m.Common, w, h)
	y := 1
	if h-len(text.Body)-2 >= 1 {
		y++
	}
	_, x := s.field.View(w - 6)
	return lines, widget.TextCursor(2+x, y)
}

func (s *renameSheet) room(m *Model, w int) int { return s.text(m, w).Room(m.Common) }

func (s *renameSheet) text(m *Model, w int) widget.Sheet {
	in, g := &m.Theme.Plain, m.Glyphs
	value, _ := s.field.View(w - 6)
	note := widget.Paragraph("Letters and digits are text here. The place in the pool stays.", w-4, in.Muted)
	if s.err != nil {
		note = m.Complaint(errorSentence(s.err), w-4)
	}
	return widget.Sheet{
		Title: "Rename " + g.QuoteLeft + s.was + g.QuoteRight, Ink: in.Accent,
		Body: append([]string{in.Strong.Render(value)}, note...),
		Keys: m.Footer(s.binds(m), w-2),
	}
}
