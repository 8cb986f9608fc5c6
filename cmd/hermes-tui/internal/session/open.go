package session

import (
	"context"
	"log/slog"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/setup"
)

// Options say how a command uses the accounts.
type Options struct {
	Stays    bool // the program stays: refreshes run inside it
	AnyStore bool // a keystore may be named that is not the accounts'
	Looks    bool // nothing is opened or changed, so that it may run in any folder
	Secrets  bool // secrets are opened: what was left behind is cleared up first
	Alone    bool // the fleet of this host is not asked first what is new
	Patience time.Duration
	Log      *slog.Logger
	OnPanic  func(value any, stack []byte)
	Asker    func() consent.Asker // which program gets the tokens, where a person has to confirm that
}

// OneShot is the patience of a command that ends: how long it tries to store
// tokens while the keystore fails.
const OneShot = 30 * time.Second

// Open returns the accounts. Nothing is read before something asks.
func (s *Session) Open(o Options) (*core.Core, error) {
	if s.opened != nil {
		return s.opened, nil
	}
	found, err := s.Find()
	if err != nil {
		return nil, err
	}
	if o.Log == nil {
		if o.Log, err = s.Log(slog.LevelError); err != nil {
			return nil, err
		}
	}
	wanted := setup.Options{
		AnyStore: o.AnyStore, Looks: o.Looks,
		Core: core.Config{Log: o.Log, Program: s.Program, Patience: o.Patience, OnPanic: o.OnPanic, Asker: o.Asker},
	}
	if !o.Stays {
		wanted.Detach = s.Detach
	}
	if s.opened, s.stores, err = found.Open(wanted); err != nil {
		return s.opened, err
	}
	s.Labels = s.labelled
	if o.Secrets {
		if _, err := s.opened.Reconcile(context.Background()); err != nil { // no reason not to go on; what is amiss is said where it is in the way
			o.Log.Debug("what was left behind could not be cleared up", "error", err)
		}
	}
	if !o.Alone {
		s.lookAround(context.Background(), o.Looks)
	}
	return s.opened, nil
}

// lookAround asks the fleet of this host, if it has one, what is new. Where the store
// does not answer, or shows what the fleet has not written, this host goes on with what it
// has seen, and says so, unless the command ends with just that. What else is wrong, a
// command says that needs it; one that only looks needs nothing and says it.
func (s *Session) lookAround(ctx context.Context, looks bool) {
	err := s.opened.Look(ctx)
	code := autherr.CodeOf(err)
	if err != nil && (looks || code == autherr.CodeFleetAway || code == autherr.CodeFleetRestored || fleet.Foreign(err)) {
		s.NoteUnless(func(other error) bool { return tellsOf(err, other) }, err.Error()+"; this is what this host has seen last")
	}
}

// tellsOf reports whether a command that ends with an error has told with it what was found
// when it looked around. Of records that nobody of the fleet has written, the two may mean
// different ones.
func tellsOf(found, end error) bool {
	code := autherr.CodeOf(found)
	return code != "" && code == autherr.CodeOf(end) && (!fleet.Foreign(found) || found.Error() == end.Error())
}

// One opens the accounts and finds the one that is meant.
func (s *Session) One(name string) (*core.Core, core.Account, error) {
	accounts, err := s.Open(Options{Secrets: true, Patience: OneShot})
	if err != nil {
		return nil, core.Account{}, err
	}
	account, err := accounts.SelectOne(name)
	return accounts, account, err
}

// Agree refuses a keystore that was named for accounts which are in another.
func (s *Session) Agree() error { return setup.Agree(s.opened, s.stores) }

// Named is the account that a command is about: its argument, else the one that
// the environment names.
func (s *Session) Named(args []string) string {
	if len(args) > 0 {
		return args[0]
	}
	return s.Env("HERMES_TUI_ACCOUNT")
}
