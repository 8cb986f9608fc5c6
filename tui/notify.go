package tui

import (
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// The ways in which a window that is not looked at says that an account needs
// its person.
const (
	notifyBell     = "bell"     // the terminal's bell
	notifyOSC9     = "osc9"     // a desktop notification: iTerm2, WezTerm, Ghostty, kitty, foot
	notifyOSC777   = "osc777"   // the same, of urxvt and VTE
	notifyDesktop  = "desktop"  // one by the desktop's own means: also behind tmux, which keeps the others to itself
	notifyProgress = "progress" // the taskbar moves while a sign-in waits (OSC 9;4)
	notifyStatus   = "status"   // idle, working or waiting for you (OSC 7501)
)

// Notifications are the names that [Options.Notify] takes.
func Notifications() []string {
	return []string{notifyBell, notifyOSC9, notifyOSC777, notifyDesktop, notifyProgress, notifyStatus}
}

// CheckNotify says what is wrong with the ways that a person asked for.
func CheckNotify(ways []string) error {
	for _, way := range ways {
		if !slices.Contains(Notifications(), way) {
			return fmt.Errorf("there is no notification %q; use %s", way, strings.Join(Notifications(), ", "))
		}
	}
	return nil
}

// notifies says whether a person asked for this.
func (m *Model) notifies(way string) bool { return slices.Contains(m.o.Notify, way) }

// alerts says whether anything would be said outside of the window, so that the
// terminal has to tell whether it is looked at.
func (m *Model) alerts() bool {
	return m.notifies(notifyBell) || m.notifies(notifyOSC9) || m.notifies(notifyOSC777) || m.notifies(notifyDesktop)
}

// alert tells the person about the accounts that have just turned to needs
// sign-in, the programs that have just asked, and the plans, unless the window is looked at.
func (m *Model) alert() tea.Cmd {
	text := m.news()
	m.turned, m.untold, m.plans.untold = nil, nil, nil
	if text == "" || m.gaze.on(m.now, false) || !m.alerts() {
		return nil
	}
	var out strings.Builder
	if m.notifies(notifyOSC9) {
		out.WriteString(ansi.Notify(text))
	}
	if m.notifies(notifyOSC777) {
		out.WriteString("\x1b]777;notify;hermes-tui;" + strings.ReplaceAll(text, ";", ",") + "\x07")
	}
	if m.notifies(notifyBell) && !m.gaze.on(m.now, m.o.NotifyUnasked) {
		out.WriteString("\a")
	}
	var cmds []tea.Cmd
	if out.Len() > 0 {
		cmds = append(cmds, tea.Raw(out.String()))
	}
	if show := m.o.NotifyDesktop; m.notifies(notifyDesktop) && show != nil {
		cmds = append(cmds, func() tea.Msg {
			_ = show(text) // the row and the header say it too
			return nil
		})
	}
	return tea.Batch(cmds...)
}

// news is what the person was not told about yet. A program waits a minute only.
func (m *Model) news() string {
	var parts []string
	for _, words := range []string{askWords(m.snap, m.untold), m.turnedWords(), planNewsWords(m.snap, m.plans.untold)} {
		if words != "" {
			parts = append(parts, words)
		}
	}
	return strings.Join(parts, ", and ")
}

func (m *Model) turnedWords() string {
	switch n := len(m.turned); n {
	case 0:
		return ""
	case 1:
		return cells.Clean(m.turned[0]) + " needs you to sign in again"
	default:
		return say.Plural(n, "account", "accounts") + " need you to sign in again"
	}
}

// askWords say that programs wait for an answer; empty where none does.
func askWords(snap core.Snapshot, asks []consent.Request) string {
	switch len(asks) {
	case 0:
		return ""
	case 1:
		a, _ := snap.Find(asks[0].Account)
		return cells.Clean(asks[0].Program.Name) + " wants to use " + cells.Clean(a.Label)
	default:
		return say.Plural(len(asks), "program waits", "programs wait") + " for your confirmation"
	}
}

// outside is what the view says outside of the window.
func (m *Model) outside(v *tea.View) {
	v.ReportFocus = m.alerts()
	waiting := slices.ContainsFunc(m.attempts.running, func(t *attempt) bool { return t.failed == nil })
	if m.notifies(notifyProgress) && waiting && !m.leaving {
		v.ProgressBar = tea.NewProgressBar(tea.ProgressBarIndeterminate, 0)
	}
	if m.notifies(notifyStatus) {
		v.ProgramStatus = &tea.ProgramStatus{State: m.programState(waiting)}
	}
}

func (m *Model) programState(signingIn bool) tea.ProgramState {
	switch {
	case m.leaving:
		return tea.ProgramStateIdle // it stands after the program has ended
	case signingIn, m.places.waiting > 0, len(m.asks()) > 0:
		return tea.ProgramStateBlocked
	case m.places.refreshing:
		return tea.ProgramStateWorking
	default:
		return tea.ProgramStateIdle
	}
}
