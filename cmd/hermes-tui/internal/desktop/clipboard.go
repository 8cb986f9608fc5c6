package desktop

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
)

// copyTime bounds putting something on the clipboard.
const copyTime = 2 * time.Second

// clipboardTools are programs that put their standard input on the clipboard of
// the desktop here, in the order in which they are tried.
func clipboardTools(w *session.World) [][]string {
	switch {
	case runtime.GOOS == "darwin":
		return [][]string{{"pbcopy"}}
	case runtime.GOOS == "windows" || w.Getenv("WSL_DISTRO_NAME", "WSL_INTEROP") != "":
		return [][]string{{"clip.exe"}}
	case w.Env("TERMUX_VERSION") != "":
		return [][]string{{"termux-clipboard-set"}}
	case w.Env("WAYLAND_DISPLAY") != "":
		return [][]string{{"wl-copy"}}
	case w.Env("DISPLAY") != "":
		return [][]string{{"xclip", "-selection", "clipboard"}, {"xsel", "--clipboard", "--input"}}
	}
	return nil
}

// Clipboard returns the way to the clipboard of the desktop, beside the
// terminal's own (OSC 52), which some terminals ignore; nil where there is none.
// Over SSH it is nil too: the clipboard there is not the person's. A container
// that was given a desktop's socket reaches the right one.
func Clipboard(w *session.World) func(text string) error {
	if w.Getenv(remoteSigns...) != "" {
		return nil
	}
	for _, tool := range clipboardTools(w) {
		path, err := exec.LookPath(tool[0])
		if err != nil {
			continue
		}
		return func(text string) error {
			ctx, cancel := context.WithTimeout(context.Background(), copyTime)
			defer cancel()
			cmd := exec.CommandContext(ctx, path, tool[1:]...)
			cmd.Stdin = strings.NewReader(text) // never an argument, which others can see
			return cmd.Run()
		}
	}
	return nil
}
