package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
)

// suspend gives the terminal to the shell. A process that is stopped cannot
// store tokens, and may wake after its request has run out of time, so a refresh
// under way is waited for. Asking again insists.
func (m *Model) suspend() tea.Cmd {
	if m.suspending {
		m.suspending = false
		return tea.Suspend
	}
	m.suspending = true
	backend := m.o.Backend
	return func() tea.Msg { return suspendMsg{backend.Snapshot()} }
}

// suspendMsg says whether a refresh is under way.
type suspendMsg struct{ read core.Snapshot }

func (msg suspendMsg) reach(m *Model) tea.Cmd {
	m.take(msg.read)
	now := m.suspendNow()
	if m.suspending {
		m.say("To the shell once the new token is stored; ctrl+z again: at once.")
	}
	return now
}

// suspendNow ends the wait for a refresh.
func (m *Model) suspendNow() tea.Cmd {
	if !m.suspending || fetching(m.snap.Accounts) {
		return nil
	}
	m.suspending = false
	return tea.Suspend
}

func fetching(accounts []core.Account) bool {
	return slices.ContainsFunc(accounts, func(a core.Account) bool { return !a.RefreshingSince.IsZero() })
}
