package desktop

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

// Terminal is a name for the terminal in front of the person: the program that it
// says to be, and the machine that it is on.
func Terminal(w *session.World) string {
	program := cmp.Or(w.Env("TERM_PROGRAM"), w.Env("LC_TERMINAL"), w.Env("TERM"))
	if program == "" {
		return ""
	}
	machine, _, _ := strings.Cut(w.Env("SSH_CONNECTION"), " ")
	return program + "@" + cmp.Or(machine, "here")
}

// Background is what $COLORFGBG says of the terminal's: its last part is the number
// of the background among the 16 colours, of which 7 and the bright ones but 8 are
// light.
func Background(w *session.World) style.Background {
	parts := strings.Split(w.Env("COLORFGBG"), ";")
	n, err := strconv.Atoi(parts[len(parts)-1])
	switch {
	case err != nil || n < 0 || n > 15 || len(parts) < 2:
		return style.Unknown
	case n == 7 || n > 8:
		return style.Light
	default:
		return style.Dark
	}
}
