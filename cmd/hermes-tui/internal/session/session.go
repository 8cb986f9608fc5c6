// Package session is one command under way: its console, the world it sees, the
// global flags, and the accounts, which it finds and opens with core/setup. Each
// command is handed the session, and nothing else.
package session

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/console"
	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/shape"
	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/setup"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Session is one command under way.
type Session struct {
	*console.Console
	World

	Flags     Flags
	Program   string // name of the command
	UserAgent string // of requests to providers
	Sandboxed bool   // this process lives in a throw-away folder with a sandbox
	Identity  string // the unlocked key that a parent process passed on
	// Detach makes the way to refresh in a process of its own.
	Detach func(*keystore.Manager) state.Detached

	found  *setup.Setup
	opened *core.Core
	stores *keystore.Manager
	log    *logFile

	query    string          // of --jq
	template *shape.Template // of --format
}

// Flags are the global ones.
type Flags struct {
	Config   string
	Keystore string
	Plain    bool
	ASCII    bool
	NoColor  bool
	LogLevel string
}

// Stores are the keystores of the accounts that were opened.
func (s *Session) Stores() *keystore.Manager { return s.stores }

// AsJSON adds --json to a command; errors are then JSON as well.
func (s *Session) AsJSON(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&s.JSON, "json", false, "print JSON")
}

// Find returns where this command's accounts are: folders and configuration.
func (s *Session) Find() (*setup.Setup, error) {
	if s.found != nil {
		return s.found, nil
	}
	dirs, err := setup.Locate(s.Env)
	if err != nil {
		return nil, err
	}
	found := &setup.Setup{
		Env: s.Env, Dirs: dirs,
		Keystore: s.Flags.Keystore, Passphrase: s.passphrase(), Identity: s.Identity,
		Sandbox: s.Sandboxed, UserAgent: s.UserAgent,
		Say:   func(line string) { s.Note("%s", line) },
		World: setup.World{Clock: s.Clock, Random: s.Random, Jitter: s.Jitter, Machine: s.Machine},
	}
	if found.Config, err = setup.ReadConfig(found.ConfigPath(s.Flags.Config)); err != nil {
		return nil, err
	}
	s.found = found
	return found, nil
}

// passphrase asks for the passphrase of a sealed key file, without echo; nil
// without a terminal.
func (s *Session) passphrase() func(context.Context) (string, error) {
	keyboard := s.Keyboard()
	if keyboard == nil {
		return nil
	}
	return func(context.Context) (string, error) {
		text, err := s.Secret(keyboard, "Passphrase of the key file: ")
		if err == nil && text == "" {
			err = errors.New("it was empty")
		}
		return text, err
	}
}

// lastWord is how long a command that was told to end waits for a refresh that
// must not be cut.
const lastWord = 70 * time.Second

// Close waits for what must not be cut, and says so when that takes a while.
func (s *Session) Close() {
	if s.opened != nil {
		ctx, cancel := context.WithTimeout(context.Background(), lastWord)
		defer cancel()
		defer time.AfterFunc(time.Second, func() {
			if s.opened.Busy() { // else it is a slow disk, of which there is nothing to say
				s.Note("finishing a refresh that must not be cut; ctrl+c gives it up")
			}
		}).Stop()
		_ = s.opened.Close(ctx)
	}
	if s.log != nil {
		_ = s.log.Close()
	}
}

// ASCIIOnly reports whether the terminal can be trusted with nothing but ASCII.
func (s *Session) ASCIIOnly() bool {
	found, err := s.Find()
	if s.Flags.ASCII || s.Env("TERM") == "linux" || err == nil && found.Config.ASCII {
		return true
	}
	locale := strings.ToUpper(s.Getenv("LC_ALL", "LC_CTYPE", "LANG"))
	return locale != "" && !strings.Contains(locale, "UTF-8") && !strings.Contains(locale, "UTF8")
}
