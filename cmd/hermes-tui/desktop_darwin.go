package main

import (
	"context"
	"os/exec"
)

// desktopNotifier returns the way to the notifications of the desktop.
func (a *app) desktopNotifier() func(ctx context.Context, text string) error {
	return func(ctx context.Context, text string) error {
		// The text is an argument of the script, never a part of it.
		return exec.CommandContext(ctx, "/usr/bin/osascript", "-e", "on run argv",
			"-e", `display notification (item 1 of argv) with title "hermes-tui"`, "-e", "end run", text).Run()
	}
}
