package tui

import (
	"slices"

	tea "charm.land/bubbletea/v2"
)

// Memory is what one window hands on to the next. A value that makes no sense
// any more is ignored.
type Memory struct {
	Sort        string   `json:"sort,omitempty"`         // order of the list, empty: as the accounts serve
	Recents     []string `json:"recents,omitempty"`      // "provider/region" of the last sign-ins, the newest first
	NoMouse     bool     `json:"no_mouse,omitempty"`     // the mouse is the terminal's
	ToldConnect bool     `json:"told_connect,omitempty"` // that no program uses the accounts was said
	// Backgrounds are what terminals answered when they were asked for theirs, "dark" or
	// "light", by [Options.Terminal].
	Backgrounds map[string]string `json:"backgrounds,omitempty"`
}

// mostRecents is how many sign-ins are remembered.
const mostRecents = 5

// remember hands the memory on. That it could not be kept is not worth a word.
func remember(win *window) tea.Cmd {
	keep, memory := win.o.Remember, win.memory
	if keep == nil {
		return nil
	}
	memory.Recents = slices.Clone(memory.Recents)
	return func() tea.Msg {
		keep(memory)
		return nil
	}
}

// recent notes where a person has signed in.
func recent(win *window, provider, region string) tea.Cmd {
	name := provider + "/" + region
	rest := slices.DeleteFunc(slices.Clone(win.memory.Recents), func(s string) bool { return s == name })
	win.memory.Recents = append([]string{name}, rest[:min(len(rest), mostRecents-1)]...)
	return remember(win)
}
