package desktop

import (
	"context"
	"os/exec"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
)

// notifier returns the way to the notifications of the desktop.
func notifier(w *session.World) func(ctx context.Context, text string) error {
	return func(ctx context.Context, text string) error {
		// The text is an argument of the script, never a part of it.
		return exec.CommandContext(ctx, "/usr/bin/osascript", "-e", "on run argv",
			"-e", `display notification (item 1 of argv) with title "hermes-tui"`, "-e", "end run", text).Run()
	}
}
