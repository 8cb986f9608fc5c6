package doctor

import (
	"context"
	"os"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/internal/lockfile"
	"github.com/hermes-tui/hermes-tui/internal/private"
)

// lookAtLocks finds a file system that cannot lock, as that of some networks:
// nothing is refreshed there, since two processes could spend one token.
func lookAtLocks(_ context.Context, p *Patient) []Finding {
	path := filepath.Join(p.State, "store.lock")
	if _, err := os.Stat(path); err != nil || private.Owner(p.State) != nil {
		return nil // made at the first sign-in, or another's
	}
	lock, free, err := lockfile.Try(path)
	if err != nil {
		return []Finding{failure("files in "+p.State+" cannot be locked", err,
			"move the folder to a local disk, or name one on a local disk with HERMES_TUI_HOME")}
	}
	if free {
		_ = lock.Unlock()
	}
	return []Finding{good("files can be locked")}
}
