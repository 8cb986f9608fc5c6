package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// undecided is the host that began to refresh an account and did not end, where a person
// is to say whether that is taken over; empty where there is nothing to say.
func (k fleetWords) undecided(a core.Account) string {
	if !k.fleet.Asks || k.fleet.stopped() || a.Quarantined() || a.Shared() || a.Live(k.now) {
		return ""
	}
	left := k.fleet.Accounts[a.ID].Left
	if left == k.fleet.Host {
		return ""
	}
	return cells.Clean(left)
}

// aboutUndecided says so.
func (k fleetWords) aboutUndecided(a core.Account, state core.State) string {
	host := k.undecided(a)
	if host == "" || state != core.Expired {
		return ""
	}
	return host + " began to refresh it and did not end; it may hold newer tokens."
}

// takeOverSheet asks before a refresh is taken over from another host.
type takeOverSheet struct{ account core.Account }

func (s *takeOverSheet) update(win *window, msg tea.Msg) tea.Cmd {
	if msg, ok := msg.(tea.KeyPressMsg); ok {
		return widget.Press(s.binds(win), msg)
	}
	return nil
}

func (s *takeOverSheet) binds(win *window) []widget.Bind {
	wait := "wait for it"
	if !win.Narrow() {
		wait += " (also enter and esc)"
	}
	return []widget.Bind{
		{Binding: widget.Keys("y", "take over", "y"), Foot: 1, Once: true, Do: func() tea.Cmd {
			win.accounts.sheet = nil
			return win.acts().takeOver(s.account)
		}},
		{Binding: widget.Keys("n", wait, "n", "enter", "esc"), Foot: 1, Do: func() tea.Cmd {
			win.accounts.sheet = nil
			return nil
		}},
	}
}

func (s *takeOverSheet) draw(win *window, w, h int) ([]string, *tea.Cursor) {
	return s.text(win, w).Draw(win.Common, w, h), nil
}

func (s *takeOverSheet) room(win *window, w int) int { return s.text(win, w).Room(win.Common) }

func (s *takeOverSheet) text(win *window, w int) widget.Sheet {
	in, g := &win.Theme.Plain, win.Glyphs
	text := widget.Sheet{
		Title: "Refresh " + g.QuoteLeft + cells.Clean(s.account.Label) + g.QuoteRight + " all the same?", Ink: in.Act, Keys: win.Footer(s.binds(win), w-2),
	}
	host := ofFleet(win.known).undecided(s.account)
	if host == "" { // it has come to its end meanwhile
		text.Body = widget.Paragraph("Nothing stands in its way any more.", w-4, in.Fg)
		return text
	}
	text.Body = append(widget.Paragraph(host+" began to refresh it and has not come back. If it was given new tokens, the provider refuses what is sent from here, and the account needs a sign-in.", w-4, in.Fg),
		widget.Paragraph("When "+host+" comes back, its tokens are there by themselves.", w-4, in.Muted)...)
	return text
}

// takeOver refreshes an account although another host has not ended its refresh.
func (win acts) takeOver(a core.Account) tea.Cmd {
	backend, label := win.o.Backend, cells.Clean(a.Label)
	win.say("Fetching a new token for " + label + ".")
	return win.do(func(ctx context.Context) tea.Msg {
		r, err := backend.TakeOver(ctx, a.ID)
		return refreshedMsg{a.ID, label, "r", r, err, backend.Snapshot()}
	})
}
