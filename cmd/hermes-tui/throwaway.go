package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/program"
	"github.com/hermes-tui/hermes-tui/core/setup"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

const throwawayPrefix = "hermes-tui-sandbox-"

// throwaway is a folder for one run with --sandbox. It goes when the run ends;
// what a killed run left behind goes when the next one starts.
type throwaway struct {
	dir  string
	lock *lockfile.Lock
}

// newThrowaway makes the folder, with a configuration that names the portal.
func newThrowaway(portal string) (*throwaway, error) {
	clearLeftovers(os.TempDir())
	dir, err := os.MkdirTemp("", throwawayPrefix) // mode 0700
	if err != nil {
		return nil, err
	}
	t := &throwaway{dir: dir}
	lock, ok, err := lockfile.Try(filepath.Join(dir, "alive.lock"))
	if err != nil || !ok {
		_ = os.RemoveAll(dir)
		return nil, fmt.Errorf("the throw-away folder cannot be locked: %w", err)
	}
	t.lock = lock
	text := "keystore = \"file\"\n"
	for _, pool := range []string{"minimax", "minimax/cn"} { // nothing here reaches a real portal
		text += fmt.Sprintf("\n[endpoints.%q]\noauth_url = %q\ninference_url = %q\n", pool, portal, portal+"/anthropic")
	}
	config := setup.Under(dir).Config
	if err := os.MkdirAll(config, 0o700); err != nil {
		return nil, err
	}
	return t, os.WriteFile(filepath.Join(config, "config.toml"), []byte(text), 0o600)
}

// remove deletes the folder.
func (t *throwaway) remove() {
	_ = t.lock.Unlock()
	_ = os.RemoveAll(t.dir)
}

// clearLeftovers deletes the folders of runs that have ended: nobody holds
// their lock.
func clearLeftovers(temp string) {
	found, err := filepath.Glob(filepath.Join(temp, throwawayPrefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range found {
		path := filepath.Join(dir, "alive.lock")
		if !exists(path) {
			continue
		}
		if lock, ok, err := lockfile.Try(path); err == nil && ok {
			_ = lock.Unlock()
			_ = os.RemoveAll(dir)
		}
	}
}

// inside makes this process live in the folder, whatever its environment says.
func (t *throwaway) inside(a *app) {
	env := a.Env
	a.Env = func(name string) string {
		switch {
		case name == "HERMES_TUI_HOME":
			return t.dir
		case strings.HasPrefix(name, "HERMES_TUI_") && name != "HERMES_TUI_LOG_LEVEL":
			return ""
		default:
			return env(name)
		}
	}
	a.Flags.Config, a.Flags.Keystore = "", ""
	a.Sandboxed = true
}

// secondTerminal is the line for another terminal that asks for a token.
func (t *throwaway) secondTerminal(a *app) string {
	return program.Typed(a.Session, "--home", t.dir, "token")
}
