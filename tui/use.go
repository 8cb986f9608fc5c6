package tui

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// useBind makes an account the default, or takes the default away. The palette has
// it, and no key.
func useBind(win *window, a core.Account) widget.Bind {
	if win.snap.IsDefault(a) {
		return widget.Bind{Long: "no default any more", Group: groupAccount, Do: func() tea.Cmd { return setDefault(win, "", "Where nobody is named, the only pool there is serves.") }}
	}
	return widget.Bind{Long: "use it by default", Group: groupAccount, Do: func() tea.Cmd {
		return setDefault(win, a.ID, cells.Clean(a.Label)+" serves where nobody is named.")
	}}
}

// setDefault makes an account or a pool the default; it can be taken back.
func setDefault(win *window, name, words string) tea.Cmd {
	backend, was := win.o.Backend, win.snap.Default
	set := func(name, words string) tea.Cmd {
		return win.acts().act(words, func(ctx context.Context) error {
			_, err := backend.Use(ctx, name)
			return err
		})
	}
	win.undos.add(undo{"the choice of a default", func(k *known) bool { return k.snap.Default != was }, func() tea.Cmd { return set(was, "The default is as before.") }})
	return set(name, words)
}
