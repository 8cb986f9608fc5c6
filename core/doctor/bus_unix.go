//go:build unix && !darwin

package doctor

import (
	"context"
	"os"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/keystore"
)

// lookAtBus says whether programs of this session could reach a Secret Service.
// It only matters where the secrets are in the OS keyring.
func lookAtBus(_ context.Context, p *Patient) []Finding {
	if p.Accounts.Snapshot().Store.Kind != string(keystore.KindKeyring) {
		return nil
	}
	if p.Env("DBUS_SESSION_BUS_ADDRESS") != "" {
		return []Finding{good("DBUS_SESSION_BUS_ADDRESS names the session bus")}
	}
	if dir := p.Env("XDG_RUNTIME_DIR"); dir != "" {
		if _, err := os.Stat(filepath.Join(dir, "bus")); err == nil {
			return []Finding{good("the session bus is in XDG_RUNTIME_DIR")}
		}
	}
	return []Finding{bad("no session bus is known here, so that the OS keyring cannot be reached",
		"set DBUS_SESSION_BUS_ADDRESS to that of your desktop session (unix:path=/run/user/UID/bus)")}
}
