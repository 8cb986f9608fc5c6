//go:build linux || freebsd || netbsd || openbsd || dragonfly

package desktop

import (
	"context"
	"html"
	"path/filepath"

	"github.com/godbus/dbus/v5"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
)

// notifier returns the way to the notifications of the desktop here; nil
// where there is no session bus. None is started for it.
func notifier(w *session.World) func(ctx context.Context, text string) error {
	address := w.Env("DBUS_SESSION_BUS_ADDRESS")
	if address == "" || address == "autolaunch:" {
		path := filepath.Join(w.Env("XDG_RUNTIME_DIR"), "bus")
		if w.Env("XDG_RUNTIME_DIR") == "" || !exists(path) {
			return nil
		}
		address = "unix:path=" + dbus.EscapeBusAddressValue(path)
	}
	return func(ctx context.Context, text string) error {
		conn, err := dbus.Connect(address, dbus.WithContext(ctx))
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		// The body is markup where the server says so, and a label is not ours.
		return conn.Object("org.freedesktop.Notifications", "/org/freedesktop/Notifications").
			CallWithContext(ctx, "org.freedesktop.Notifications.Notify", 0,
				"hermes-tui", uint32(0), "", "hermes-tui", html.EscapeString(text), []string{}, map[string]dbus.Variant{}, int32(-1)).Err
	}
}
