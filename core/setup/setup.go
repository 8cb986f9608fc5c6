package setup

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/host"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/inhibit"
	"github.com/hermes-tui/hermes-tui/internal/machineid"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// Setup is where a person's accounts are and how they are opened.
type Setup struct {
	Env    func(string) string // the environment
	Dirs   Dirs
	Config Config

	Keystore   string                                // that a flag names; empty: none
	Passphrase func(context.Context) (string, error) // of a sealed key file; nil: nobody can be asked
	Identity   string                                // the unlocked key that a parent process passed on
	Sandbox    bool                                  // there is MiniMax only, so that nothing leaves this machine
	UserAgent  string                                // of requests to providers
	Say        func(line string)                     // what was put right in passing; nil: nobody listens

	World World
}

// World is time, chance and this machine. The real ones stand in for what is not
// set.
type World struct {
	Clock   clock.Clock
	Random  io.Reader
	Jitter  func() float64 // in [0, 1)
	Machine string         // id of this machine
}

// Options say how a program uses the accounts.
type Options struct {
	AnyStore bool // a keystore may be named that is not the accounts'
	Looks    bool // nothing is opened or changed, so that it may run in any folder
	// Detach makes the way to refresh in a process of its own, for programs that
	// end soon or may be killed; nil: refreshes run in this process.
	Detach func(*keystore.Manager) state.Detached
	// Core has what else the program hands in: Log, Program, Patience, OnPanic.
	Core core.Config
}

// Find reads where the accounts are from the environment, and the configuration
// file, which lies in its usual place where path is empty.
func Find(env func(string) string, path string) (*Setup, error) {
	dirs, err := Locate(env)
	if err != nil {
		return nil, err
	}
	s := &Setup{Env: env, Dirs: dirs}
	s.Config, err = ReadConfig(s.ConfigPath(path))
	return s, err
}

// Open returns the accounts, and the keystores that they are in. No account is
// read and no secret opened before something asks. Errors are of kind Usage and
// say what to change.
func (s *Setup) Open(o Options) (*core.Core, *keystore.Manager, error) {
	if !o.Looks {
		if err := s.guard(); err != nil {
			return nil, nil, err
		}
	}
	table, err := s.Providers()
	if err != nil {
		return nil, nil, err
	}
	transport, err := s.Transport()
	if err != nil {
		return nil, nil, err
	}
	stores, err := s.Keystores()
	if err != nil {
		return nil, nil, err
	}
	w := s.World.real()
	c := o.Core
	c.Dir, c.Machine, c.Keystores, c.Providers = s.Dirs.State, w.Machine, stores, table
	c.OAuth = oauth.NewClient(oauth.Config{Transport: transport, Clock: w.Clock, Rand: w.Random, UserAgent: s.UserAgent})
	c.HTTP = transport
	c.Clock, c.Random, c.Jitter, c.PID = w.Clock, w.Random, w.Jitter, os.Getpid()
	c.Log = cmp.Or(c.Log, slog.New(slog.DiscardHandler))
	c.Awake = func(why string) func() { return inhibit.System(s.Env).Hold(why) }
	c.Heads = func(v *vault.Vault) vault.Heads {
		return host.Heads(v, w.Clock, c.Log, host.Program{Version: strings.TrimPrefix(s.UserAgent, "hermes-tui/"), Ask: s.Config.TakeOver == TakeOverAsk})
	}
	if o.Detach != nil {
		c.Detach = o.Detach(stores)
	}
	accounts := core.Open(c)
	if o.AnyStore {
		return accounts, stores, nil
	}
	return accounts, stores, Agree(accounts, stores)
}

// Agree refuses a keystore that was named for accounts which are in another, with
// an error of kind Usage.
func Agree(accounts *core.Core, stores *keystore.Manager) error {
	var e *keystore.Error
	if err := stores.Agrees(keystore.Kind(accounts.Snapshot().Store.Kind)); errors.As(err, &e) {
		return usage(e.Error(), e.Hint)
	}
	return nil
}

func (w World) real() World {
	if w.Clock == nil {
		w.Clock = clock.System{}
	}
	if w.Random == nil {
		w.Random = rand.Reader
	}
	if w.Jitter == nil {
		w.Jitter = mathrand.Float64
	}
	if w.Machine == "" {
		w.Machine = machineid.Get()
	}
	return w
}

func usage(message, hint string) error {
	return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeUsage, Message: message, Hint: hint}
}

// Now is the time of the accounts' clock.
func (s *Setup) Now() time.Time { return s.World.real().Clock.Now() }
