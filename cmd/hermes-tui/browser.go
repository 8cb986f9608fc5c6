package main

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// remoteSigns are variables that say that whoever types here sits elsewhere.
var remoteSigns = []string{
	"SSH_CLIENT", "SSH_TTY", "CLOUD_SHELL", "CODESPACES", "CODESPACE_NAME", "GITPOD_WORKSPACE_ID", "REPL_ID", "STACKBLITZ",
}

// consoleBrowsers would take the terminal over.
var consoleBrowsers = []string{"w3m", "lynx", "links", "links2", "elinks", "www-browser", "browsh"}

// remote reports whether the person sits at another machine.
func (a *app) remote() bool {
	return a.getenv(remoteSigns...) != "" || exists("/.dockerenv") || exists("/run/.containerenv")
}

// browserAllowed reports whether a browser that is opened here is one the
// person can see.
func (a *app) browserAllowed(c config) bool {
	if a.remote() || (c.Browser != nil && !*c.Browser) {
		return false
	}
	if named := strings.Fields(a.env("BROWSER")); len(named) > 0 {
		return !slices.Contains(consoleBrowsers, strings.ToLower(filepath.Base(named[0])))
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "windows" {
		return true
	}
	return a.getenv("DISPLAY", "WAYLAND_DISPLAY") != ""
}
