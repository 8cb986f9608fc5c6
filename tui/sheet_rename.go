package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// renameSheet edits an account's label. Everything but enter and esc is text.
type renameSheet struct {
	id, was string
	field   field
	saving  bool
	err     error
}

func (p *accountsPage) openRename(m *Model, a core.Account) tea.Cmd {
	p.sheet = &renameSheet{id: a.ID, was: cells.Clean(a.Label), field: newField(a.Label)}
	return nil
}

func (s *renameSheet) update(m *Model, msg tea.Msg) tea.Cmd {
	if key, ok := msg.(tea.KeyPressMsg); ok {
		switch key.String() {
		case "enter", "esc":
			return press(s.binds(m), key)
		}
	}
	if !s.saving {
		s.field.update(msg)
	}
	return nil
}

func (s *renameSheet) binds(m *Model) []bind {
	return []bind{
		{Binding: keys("enter", "keep", "enter"), foot: 1, do: func() tea.Cmd { return s.keep(m) }},
		{Binding: keys("esc", "leave it as it was", "esc"), foot: 1, do: func() tea.Cmd {
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
	label, err := core.CleanLabel(s.field.value())
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
	lines := text.draw(m.common, w, h)
	y := 1
	if h-len(text.body)-2 >= 1 {
		y++
	}
	_, x := s.field.view(w - 6)
	return lines, textCursor(2+x, y)
}

func (s *renameSheet) room(m *Model, w int) int { return s.text(m, w).room(m.common) }

func (s *renameSheet) text(m *Model, w int) sheetText {
	in, g := &m.theme.Plain, m.glyphs
	value, _ := s.field.view(w - 6)
	note := paragraph("Letters and digits are text here. The place in the pool stays.", w-4, in.Muted)
	if s.err != nil {
		note = m.complaint(errorSentence(s.err), w-4)
	}
	return sheetText{
		title: "Rename " + g.QuoteLeft + s.was + g.QuoteRight, ink: in.Accent,
		body: append([]string{in.Strong.Render(value)}, note...),
		keys: m.footer(s.binds(m), w-2),
	}
}
