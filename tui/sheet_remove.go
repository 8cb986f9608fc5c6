package tui

import (
	"strconv"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// removeSheet asks before accounts are removed.
type removeSheet struct {
	accounts []core.Account
	field    widget.Field // their number, where it has to be typed
	means    string       // what it means for programs; empty: not known yet
	changes  uint64       // of the window, as of which it is
}

// fewAccounts are removed by one key; of more the number has to be typed.
const fewAccounts = 3

// derive finds out what the sheet says of all accounts, where that may have changed.
func (s *removeSheet) derive(win *window) {
	if s.means == "" || s.changes != win.changes {
		s.means, s.changes = s.consequence(win), win.changes
	}
}

// many says whether the number has to be typed.
func (s *removeSheet) many() bool { return len(s.accounts) > fewAccounts }

func (s *removeSheet) update(win *window, msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		if cmd, ok := widget.Pressed(s.binds(win), msg); ok || !s.many() {
			return cmd
		}
	}
	if s.many() {
		s.field.Update(msg)
	}
	return nil
}

// numberBinds are the keys where the number is typed: all others are text.
func (s *removeSheet) numberBinds(win *window) []widget.Bind {
	close := func() tea.Cmd { win.accounts.sheet = nil; return nil }
	binds := []widget.Bind{{Binding: widget.Keys("esc", "keep them", "esc"), Foot: 1, Do: close}}
	if strings.TrimSpace(s.field.Value()) != strconv.Itoa(len(s.accounts)) {
		return append(binds, widget.Bind{Binding: widget.Keys("enter", "", "enter"), Do: func() tea.Cmd { return nil }})
	}
	return append([]widget.Bind{{
		Binding: widget.Keys("enter", "remove "+strconv.Itoa(len(s.accounts)), "enter"), Foot: 1, Once: true,
		Do: func() tea.Cmd { close(); return win.acts().removeAll(s.accounts) },
	}}, binds...)
}

func (s *removeSheet) binds(win *window) []widget.Bind {
	if s.many() {
		return s.numberBinds(win)
	}
	keep := "keep it"
	if len(s.accounts) > 1 {
		keep = "keep them"
	}
	if !win.Narrow() {
		keep += " (also enter and esc)"
	}
	return []widget.Bind{
		{Binding: widget.Keys("y", "remove", "y"), Foot: 1, Once: true, Do: func() tea.Cmd {
			win.accounts.sheet = nil
			if len(s.accounts) == 1 {
				return win.acts().remove(s.accounts[0])
			}
			return win.acts().removeAll(s.accounts)
		}},
		{Binding: widget.Keys("n", keep, "n", "enter", "esc"), Foot: 1, Do: func() tea.Cmd {
			win.accounts.sheet = nil
			return nil
		}},
	}
}

func (s *removeSheet) draw(win *window, w, h int) ([]string, *tea.Cursor) {
	text := s.text(win, w)
	if !s.many() {
		return text.Draw(win.Common, w, h), nil
	}
	_, x := s.field.View(w - 6)
	return text.Draw(win.Common, w, h), widget.TextCursor(2+cells.Width(s.ask())+x, text.BodyAt(h))
}

// ask is what stands before the number.
func (s *removeSheet) ask() string {
	return "Type " + strconv.Itoa(len(s.accounts)) + " to remove them: "
}

func (s *removeSheet) room(win *window, w int) int { return s.text(win, w).Room(win.Common) }

func (s *removeSheet) text(win *window, w int) widget.Sheet {
	in, g := &win.Theme.Plain, win.Glyphs
	from := "keyring"
	switch win.snap.Store.Kind {
	case "file":
		from = "encrypted file"
	case "memory":
		from = "memory"
	}
	what, title := "Its tokens are", g.QuoteLeft+cells.Clean(s.accounts[0].Label)+g.QuoteRight
	if n := len(s.accounts); n > 1 {
		what, title = "Their tokens are", "these "+say.Plural(n, "account", "accounts")
	}
	first := what + " deleted from the " + from + s.revoked() + "; this cannot be undone."
	text := widget.Sheet{Title: "Remove " + title + "?", Ink: in.Act, Keys: win.Footer(s.binds(win), w-2)}
	if s.many() {
		value, _ := s.field.View(w - 6)
		text.Body = append(text.Body, in.Fg.Render(s.ask())+in.Strong.Render(value))
	}
	if len(s.accounts) > 1 {
		text.Body = append(text.Body, in.Muted.Render(cells.Cut(s.names(), w-4, g.More)))
	}
	text.Body = append(text.Body, widget.Paragraph(first, w-4, in.Fg)...)
	text.Body = append(text.Body, widget.Paragraph(s.means, w-4, in.Fg)...)
	return text
}

// revoked says which sign-ins end at their providers as well.
func (s *removeSheet) revoked() string {
	n := 0
	for _, a := range s.accounts {
		if a.Revocable {
			n++
		}
	}
	switch {
	case n == 0:
		return ""
	case len(s.accounts) == 1:
		return ", and its sign-in is revoked at " + cells.Clean(s.accounts[0].ProviderName)
	case n == len(s.accounts):
		return ", and their sign-ins are revoked"
	default:
		return ", and " + say.Plural(n, "sign-in is", "sign-ins are") + " revoked"
	}
}

// names lists the accounts.
func (s *removeSheet) names() string {
	var names []string
	for _, a := range s.accounts[:min(len(s.accounts), 20)] {
		names = append(names, cells.Clean(a.Label))
	}
	return strings.Join(names, ", ")
}

// consequence is what it means for the programs that use the accounts.
func (s *removeSheet) consequence(win *window) string {
	going := make(map[string]bool, len(s.accounts))
	left := make(map[pool.ID]bool, len(s.accounts)) // somebody serves there afterwards
	for _, a := range s.accounts {
		going[a.ID] = true
		left[a.Pool()] = false
	}
	for i := range win.snap.Accounts {
		a := &win.snap.Accounts[i]
		if _, ours := left[a.Pool()]; ours && !going[a.ID] && win.serves(a) {
			left[a.Pool()] = true
		}
	}
	them := "it"
	if len(s.accounts) > 1 {
		them = "them"
	}
	for _, serves := range left {
		if !serves {
			return "Programs that use " + them + " have no account then, until you sign in to one."
		}
	}
	return "Programs that use " + them + " go on with the next account of the pool."
}
