package desktop

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
)

// notifyTime bounds a notification of the desktop.
const notifyTime = 2 * time.Second

// Notifier returns the way to the notifications of the desktop, nil where there
// is none, and over SSH, where the desktop is not the person's.
func Notifier(w *session.World) func(text string) error {
	notify := notifier(w)
	if notify == nil || w.Getenv(remoteSigns...) != "" {
		return nil
	}
	return func(text string) error {
		ctx, cancel := context.WithTimeout(context.Background(), notifyTime)
		defer cancel()
		return notify(ctx, text)
	}
}
