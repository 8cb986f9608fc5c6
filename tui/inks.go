package tui

import (
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// StateInks are the inks of a state's mark and of its word, which commands draw
// as the window does.
func StateInks(i *style.Inks, s core.State) (mark, word style.Ink) {
	return stateInk(i, s), wordInk(i, s)
}
