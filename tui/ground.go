package tui

import (
	"maps"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/style"
)

// ground is what is known of the terminal's background, by whom.
type ground struct {
	answered style.Background // by the terminal itself, to OSC 11
	told     style.Background // by the environment
	recalled style.Background // by the window before this one, of this terminal
	recalls  bool             // the memory has been read
}

// best is what is to be believed.
func (g *ground) best() style.Background {
	for _, b := range []style.Background{g.answered, g.told} {
		if b != style.Unknown {
			return b
		}
	}
	return g.recalled
}

// recall takes over what the terminal answered the last time.
func (g *ground) recall(win *window) {
	g.recalls = true
	switch win.memory.Backgrounds[win.o.Terminal] {
	case darkGround:
		g.recalled = style.Dark
	case lightGround:
		g.recalled = style.Light
	}
}

// The names of backgrounds in the memory.
const darkGround, lightGround = "dark", "light"

// mostTerminals is of how many terminals the answer is remembered.
const mostTerminals = 32

// note remembers what the terminal answers, where that is new.
func (g *ground) note(win *window) tea.Cmd {
	name := map[style.Background]string{style.Dark: darkGround, style.Light: lightGround}[g.answered]
	if name == "" || !g.recalls || win.o.Terminal == "" || win.memory.Backgrounds[win.o.Terminal] == name {
		return nil
	}
	known := maps.Clone(win.memory.Backgrounds)
	if known == nil || len(known) >= mostTerminals {
		known = map[string]string{}
	}
	known[win.o.Terminal] = name
	win.memory.Backgrounds = known
	return remember(win)
}
