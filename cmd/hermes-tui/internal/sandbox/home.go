package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/program"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/setup"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

const (
	prefix = "hermes-tui-sandbox-"
	alive  = "alive.lock" // held while the run lives
)

// Home is a folder for one run with --sandbox. It goes when the run ends;
// what a killed run left behind goes when the next one starts.
type Home struct {
	dir      string
	lock     *lockfile.Lock
	settings []byte // its configuration
}

// NewHome makes the folder, with a configuration that names the portal.
func NewHome(portal string) (*Home, error) {
	clearLeftovers(os.TempDir())
	h, err := lockedHome()
	if err != nil {
		return nil, err
	}
	h.settings = []byte("keystore = \"file\"\n" + Endpoints(portal))
	return h, h.configure()
}

// configure writes the configuration.
func (h *Home) configure() error {
	config := setup.Under(h.dir).Config
	if err := os.MkdirAll(config, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(config, "config.toml"), h.settings, 0o600)
}

// lockedHome makes the folder and takes its lock. Another run that clears up may have
// come between the two: then there is another folder.
func lockedHome() (h *Home, err error) {
	for range 10 {
		dir, failed := os.MkdirTemp("", prefix) // mode 0700
		if failed != nil {
			return nil, failed
		}
		lock, ok, failed := lockfile.Try(filepath.Join(dir, alive))
		if failed == nil && ok {
			return &Home{dir: dir, lock: lock}, nil
		}
		_ = os.RemoveAll(dir)
		err = cmp.Or(failed, errors.New("another run has it"))
	}
	return nil, fmt.Errorf("the throw-away folder cannot be locked: %w", err)
}

// Endpoints are settings with which the sign-ins of every provider that is built in go
// to a portal, and none to a real one.
func Endpoints(portal string) (settings string) {
	for _, at := range [][2]string{
		{"minimax", "/anthropic"}, {"minimax/cn", "/anthropic"}, {"nous", "/v1"}, {"xai", "/v1"},
		{"codex", "/backend-api/codex"}, {"copilot", "/copilot"}, {"kimi", "/coding/v1"},
	} {
		settings += fmt.Sprintf("\n[endpoints.%q]\noauth_url = %q\ninference_url = %q\n", at[0], portal, portal+at[1])
	}
	return settings
}

// Fingerprint is how log and window name a refresh token of the accounts in the folder;
// empty where there is no folder or no store yet.
func (h *Home) Fingerprint(refreshToken string) string {
	if h == nil {
		return ""
	}
	store, ok, err := record.Open(record.Options{Dir: setup.Under(h.dir).State}).Store.Read()
	if !ok || err != nil {
		return ""
	}
	return record.Fingerprint(record.Hash(store.StoreID, secret.New(refreshToken)))
}

// Remove deletes the folder.
func (h *Home) Remove() {
	_ = h.lock.Unlock()
	_ = os.RemoveAll(h.dir)
}

// clearLeftovers deletes the folders of runs that have ended: nobody holds
// their lock.
func clearLeftovers(temp string) {
	found, err := filepath.Glob(filepath.Join(temp, prefix+"*"))
	if err != nil {
		return
	}
	for _, dir := range found {
		path := filepath.Join(dir, alive)
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if lock, ok, err := lockfile.Try(path); err == nil && ok {
			_ = os.RemoveAll(dir)
			_ = lock.Unlock()
			_ = os.RemoveAll(dir) // Windows removes no file that is open
		}
	}
}

// Enter makes a command live in the folder, whatever its environment says.
func (h *Home) Enter(s *session.Session) {
	env := s.Env
	s.Env = func(name string) string {
		switch {
		case name == "HERMES_TUI_HOME":
			return h.dir
		case strings.HasPrefix(name, "HERMES_TUI_") && name != "HERMES_TUI_LOG_LEVEL":
			return ""
		default:
			return env(name)
		}
	}
	s.Flags.Config, s.Flags.Keystore = "", ""
	s.Sandboxed = true
}

// environ is the environment of a process that lives in the folder.
func (h *Home) environ(of []string) []string {
	env := slices.DeleteFunc(slices.Clone(of), func(entry string) bool { return strings.HasPrefix(entry, "HERMES_TUI_") })
	return append(env, "HERMES_TUI_HOME="+h.dir)
}

// SecondTerminal is the line for another terminal that asks for a token.
func (h *Home) SecondTerminal(s *session.Session) string {
	return program.Typed(s, "--home", h.dir, "token")
}
