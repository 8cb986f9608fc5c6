//go:build !linux && !freebsd && !netbsd && !openbsd && !dragonfly && !darwin

package desktop

import (
	"context"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
)

// notifier returns nil: there is none here.
func notifier(w *session.World) func(ctx context.Context, text string) error { return nil }
