package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/core/setup"
	"github.com/hermes-tui/hermes-tui/keystore"
)

// flags are the global ones.
type flags struct {
	config   string
	keystore string
	plain    bool
	ascii    bool
	noColor  bool
	logLevel string
}

// app is one command under way.
type app struct {
	*world
	flags     flags
	dirs      setup.Dirs
	signal    signalCode
	told      <-chan struct{} // closed when a signal told the command to end
	wantsJSON bool
	program   string // name of the command
	opened    *core.Core
	stores    *keystore.Manager
	sandboxed bool // this process lives in a throw-away folder with a sandbox
	logFile   *logFile
	// handedIdentity is the unlocked key that a parent process passed on.
	handedIdentity string
}

// lastWord is how long a command that was told to end waits for a refresh that
// must not be cut.
const lastWord = 70 * time.Second

// close waits for what must not be cut, and says so when that takes a while.
func (a *app) close() {
	if a.opened != nil {
		ctx, cancel := context.WithTimeout(context.Background(), lastWord)
		defer cancel()
		go func() {
			select {
			case <-ctx.Done():
			case <-a.clock.After(time.Second):
				_, _ = fmt.Fprintln(a.err, "hermes-tui: finishing a refresh that must not be cut; ctrl+c gives it up")
			}
		}()
		_ = a.opened.Close(ctx)
	}
	if a.logFile != nil {
		_ = a.logFile.Close()
	}
}

// setup is what every command needs: folders and configuration.
func (a *app) setup() (config, error) {
	var err error
	if a.dirs, err = setup.Locate(a.env); err != nil {
		return config{}, err
	}
	return setup.ReadConfig(a.configPath())
}

// config is the configuration file.
type config = setup.Config

// configPath returns the configuration file, and whether somebody named it.
func (a *app) configPath() (path string, named bool) {
	return a.found(config{}).ConfigPath(a.flags.config)
}

// options say how a command uses the accounts.
type options struct {
	stays    bool // the program stays: refreshes run inside it
	anyStore bool // a keystore may be named that is not the accounts'
	looks    bool // nothing is opened or changed, so that it may run in any folder
	secrets  bool // secrets are opened: what was left behind is cleared up first
	patience time.Duration
	log      *slog.Logger
	onPanic  func(value any, stack []byte)
}

// found is where this command's accounts are.
func (a *app) found(c config) *setup.Setup {
	return &setup.Setup{
		Env: a.env, Dirs: a.dirs, Config: c,
		Keystore: a.flags.keystore, Passphrase: a.passphrase(), Identity: a.handedIdentity,
		Sandbox: a.sandboxed, UserAgent: userAgent(),
		Say:   func(line string) { _, _ = fmt.Fprintln(a.err, "hermes-tui:", line) },
		World: setup.World{Clock: a.clock, Random: a.random, Jitter: a.jitter, Machine: a.machine},
	}
}

// open returns the accounts. Nothing is read before something asks.
func (a *app) open(c config, o options) (*core.Core, error) {
	if a.opened != nil {
		return a.opened, nil
	}
	if o.log == nil {
		var err error
		if o.log, err = a.stderrLog(c); err != nil {
			return nil, err
		}
	}
	wanted := setup.Options{
		AnyStore: o.anyStore, Looks: o.looks,
		Core: core.Config{Log: o.log, Program: a.program, Patience: o.patience, OnPanic: o.onPanic},
	}
	if !o.stays {
		wanted.Detach = a.detach
	}
	var err error
	if a.opened, a.stores, err = a.found(c).Open(wanted); err != nil {
		return a.opened, err
	}
	if o.secrets {
		if _, err := a.opened.Reconcile(context.Background()); err != nil { // no reason not to go on; what is amiss is said where it is in the way
			o.log.Debug("what was left behind could not be cleared up", "error", err)
		}
	}
	return a.opened, nil
}

// logLevel is what is logged: flag, then environment, then configuration.
func (a *app) logLevel(c config, byDefault slog.Level) (slog.Level, error) {
	text := a.flags.logLevel
	if text == "" {
		text = a.getenv("HERMES_TUI_LOG_LEVEL")
	}
	if text == "" {
		text = c.LogLevel
	}
	if text == "" {
		return byDefault, nil
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(text)); err != nil {
		return level, usage("there is no log level "+text, "use debug, info, warn or error")
	}
	return level, nil
}

// stderrLog logs for a command. Errors that end it are printed, so only what
// nobody would see otherwise is logged.
func (a *app) stderrLog(c config) (*slog.Logger, error) {
	level, err := a.logLevel(c, slog.LevelError)
	if err != nil {
		return nil, err
	}
	return slog.New(redacted(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: level}))), nil
}

// fileLog logs for a window, into the state folder.
func (a *app) fileLog(c config) (*slog.Logger, error) {
	level, err := a.logLevel(c, slog.LevelInfo)
	if err != nil {
		return nil, err
	}
	if err := record.Open(record.Options{Dir: a.dirs.State}).Ensure(); err != nil {
		return nil, err
	}
	a.logFile = &logFile{path: filepath.Join(a.dirs.State, "hermes-tui.log")}
	return slog.New(redacted(slog.NewTextHandler(a.logFile, &slog.HandlerOptions{Level: level}))), nil
}

func redacted(next slog.Handler) slog.Handler { return secret.NewHandler(next, secret.NewScrubber()) }
