package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
)

// removeSheet asks before an account is removed.
type removeSheet struct{ account core.Account }

func (s *removeSheet) update(m *Model, msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return press(s.binds(m), msg)
	}
	return nil
}

func (s *removeSheet) binds(m *Model) []bind {
	keep := "keep it (also enter and esc)"
	if m.narrow() {
		keep = "keep it"
	}
	return []bind{
		{Binding: keys("y", "remove", "y"), foot: 1, once: true, do: func() tea.Cmd {
			m.accounts.sheet = nil
			return m.remove(s.account)
		}},
		{Binding: keys("n", keep, "n", "enter", "esc"), foot: 1, do: func() tea.Cmd {
			m.accounts.sheet = nil
			return nil
		}},
	}
}

func (s *removeSheet) draw(m *Model, w, h int) ([]string, *tea.Cursor) {
	return s.text(m, w).draw(m, w, h), nil
}

func (s *removeSheet) room(m *Model, w int) int { return s.text(m, w).room(m) }

func (s *removeSheet) text(m *Model, w int) sheetText {
	in, g := &m.theme.plain, m.glyphs
	from := "keyring"
	switch m.snap.Store.Kind {
	case "file":
		from = "encrypted file"
	case "memory":
		from = "memory"
	}
	first := "Its tokens are deleted from the " + from + "; this cannot be undone."
	second := "Programs that use it go on with the next account of the pool."
	if !s.othersServe(m) {
		second = "Programs that use it have no account then, until you sign in to one."
	}
	return sheetText{
		title: "Remove " + g.quoteLeft + clean(s.account.Label) + g.quoteRight + "?", ink: in.act,
		body: append(paragraph(first, w-4, in.fg), paragraph(second, w-4, in.fg)...),
		keys: m.footer(s.binds(m), w-2),
	}
}

// othersServe says whether another account of the pool can take over.
func (s *removeSheet) othersServe(m *Model) bool {
	for _, a := range m.snap.Accounts {
		if a.ID != s.account.ID && a.Provider == s.account.Provider && a.Region == s.account.Region && a.CanServe(m.now) {
			return true
		}
	}
	return false
}
