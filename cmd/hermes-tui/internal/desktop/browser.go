// Package desktop is what the person's desktop can do for a command: open a
// browser, take something onto the clipboard, show a notification; and whether
// the person sits at this machine at all.
package desktop

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/setup"
)

// remoteSigns are variables that say that whoever types here sits elsewhere.
var remoteSigns = []string{
	"SSH_CLIENT", "SSH_TTY", "CLOUD_SHELL", "CODESPACES", "CODESPACE_NAME", "GITPOD_WORKSPACE_ID", "REPL_ID", "STACKBLITZ",
}

// consoleBrowsers would take the terminal over.
var consoleBrowsers = []string{"w3m", "lynx", "links", "links2", "elinks", "www-browser", "browsh"}

// Remote reports whether the person sits at another machine.
func Remote(w *session.World) bool {
	return w.Getenv(remoteSigns...) != "" || exists("/.dockerenv") || exists("/run/.containerenv")
}

// BrowserAllowed reports whether a browser that is opened here is one the
// person can see.
func BrowserAllowed(w *session.World, c setup.Config) bool {
	if Remote(w) || (c.Browser != nil && !*c.Browser) {
		return false
	}
	if named := strings.Fields(w.Env("BROWSER")); len(named) > 0 {
		return !slices.Contains(consoleBrowsers, strings.ToLower(filepath.Base(named[0])))
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return true
	}
	return w.Getenv("DISPLAY", "WAYLAND_DISPLAY") != ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
