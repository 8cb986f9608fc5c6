package main

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// copyTime bounds putting something on the clipboard.
const copyTime = 2 * time.Second

// clipboardTools are programs that put their standard input on the clipboard of
// the desktop here, in the order in which they are tried.
func (w *world) clipboardTools() [][]string {
	switch {
	case runtime.GOOS == "darwin":
		return [][]string{{"pbcopy"}}
	case runtime.GOOS == "windows" || w.getenv("WSL_DISTRO_NAME", "WSL_INTEROP") != "":
		return [][]string{{"clip.exe"}}
	case w.env("TERMUX_VERSION") != "":
		return [][]string{{"termux-clipboard-set"}}
	case w.env("WAYLAND_DISPLAY") != "":
		return [][]string{{"wl-copy"}}
	case w.env("DISPLAY") != "":
		return [][]string{{"xclip", "-selection", "clipboard"}, {"xsel", "--clipboard", "--input"}}
	}
	return nil
}

// clipboard returns the way to the clipboard of the desktop, beside the
// terminal's own (OSC 52), which some terminals ignore; nil where there is none.
// Over SSH it is nil too: the clipboard there is not the person's. A container
// that was given a desktop's socket reaches the right one.
func (a *app) clipboard() func(text string) error {
	if a.getenv(remoteSigns...) != "" {
		return nil
	}
	for _, tool := range a.clipboardTools() {
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
