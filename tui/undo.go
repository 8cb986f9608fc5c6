package tui

import (
	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// mostUndos is how many steps can be taken back.
const mostUndos = 20

// undo takes a step back. What deletes secrets has none; it asks instead.
type undo struct {
	what string // completes "undo …"
	// still says whether what was done still stands, so that it can be taken back.
	still func(k *known) bool
	do    func() tea.Cmd
}

// undos are the steps that can be taken back, the last one last.
type undos []undo

func (u *undos) add(step undo) {
	*u = append(*u, step)
	if len(*u) > mostUndos {
		*u = (*u)[1:]
	}
}

// last is the place of the last step that still stands; -1: there is none.
func (u undos) last(k *known) int {
	for i := len(u) - 1; i >= 0; i-- {
		if u[i].still(k) {
			return i
		}
	}
	return -1
}

// account is a condition on an account that must be there.
func (k *known) account(id string, so func(a core.Account) bool) bool {
	a, ok := k.snap.Find(id)
	return ok && so(a)
}

// undoBinds takes the last step back, while there is one.
func (win *window) undoBinds() []widget.Bind {
	n := win.undos.last(win.known)
	if n < 0 {
		return nil
	}
	step := win.undos[n]
	return []widget.Bind{{
		Binding: widget.Keys("z", "undo", "z"), Long: "undo " + step.what, Group: groupAccounts, Foot: 9,
		Do: func() tea.Cmd {
			win.undos = win.undos[:n]
			return step.do()
		},
	}}
}
