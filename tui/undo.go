package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// mostUndos is how many steps can be taken back.
const mostUndos = 20

// undo takes a step back. What deletes secrets has none; it asks instead.
type undo struct {
	what string // completes "undo …"
	do   func() tea.Cmd
}

// undos are the steps that can be taken back, the last one last.
type undos []undo

func (u *undos) add(step undo) {
	*u = append(*u, step)
	if len(*u) > mostUndos {
		*u = (*u)[1:]
	}
}

// undoBinds takes the last step back, while there is one.
func (win *window) undoBinds() []widget.Bind {
	n := len(win.undos)
	if n == 0 {
		return nil
	}
	step := win.undos[n-1]
	return []widget.Bind{{
		Binding: widget.Keys("z", "undo", "z"), Long: "undo " + step.what, Group: groupAccounts, Foot: 9,
		Do: func() tea.Cmd {
			win.undos = win.undos[:n-1]
			return step.do()
		},
	}}
}
