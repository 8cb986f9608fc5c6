package tui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// pauseBind takes an account out of the rotation of its pool, or puts it back.
func pauseBind(win *window, a core.Account) widget.Bind {
	if a.Paused.Holds(win.now) {
		return widget.Bind{
			Binding: widget.Keys("v", "resume", "v"), Long: "put it back into the rotation", Group: groupAccount, Foot: 7, Once: true,
			Do: func() tea.Cmd { return win.acts().resume(a) },
		}
	}
	return widget.Bind{
		Binding: widget.Keys("v", "", "v"), Long: "pause: out of the rotation", Group: groupAccount, Once: true,
		Do: func() tea.Cmd { return win.acts().pause(a) },
	}
}

// pause takes an account out of the rotation until it is resumed.
func (win acts) pause(a core.Account) tea.Cmd {
	backend, label := win.o.Backend, cells.Clean(a.Label)
	win.undos.add(undo{
		"the pause of " + label,
		func(k *known) bool {
			return k.account(a.ID, func(a core.Account) bool { return a.Paused.Holds(k.now) })
		},
		func() tea.Cmd { return win.resume(a) },
	})
	return win.act(label+" is paused. v resumes it.", func(ctx context.Context) error {
		return backend.Pause(ctx, a.ID, time.Time{})
	})
}

// resume puts it back.
func (win acts) resume(a core.Account) tea.Cmd {
	backend := win.o.Backend
	return win.act(cells.Clean(a.Label)+" is back in the rotation.", func(ctx context.Context) error {
		return backend.Resume(ctx, a.ID)
	})
}
