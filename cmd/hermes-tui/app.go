package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/secret"
	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
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
	dirs      dirs
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
	if a.dirs, err = a.locate(); err != nil {
		return config{}, err
	}
	return a.loadConfig()
}

// options say how a command uses the accounts.
type options struct {
	stays    bool // the program stays: refreshes run inside it
	anyStore bool // a keystore may be named that is not the accounts'
	looks    bool // nothing is opened or changed, so that it may run in any folder
	patience time.Duration
	log      *slog.Logger
	onPanic  func(value any, stack []byte)
}

// open returns the accounts. Nothing is read before something asks.
func (a *app) open(c config, o options) (*core.Core, error) {
	if a.opened != nil {
		return a.opened, nil
	}
	if !o.looks {
		if err := a.guard(); err != nil {
			return nil, err
		}
	}
	table, err := a.providers(c)
	if err != nil {
		return nil, err
	}
	transport, err := a.transport(c)
	if err != nil {
		return nil, err
	}
	stores, err := a.keystores(c)
	if err != nil {
		return nil, err
	}
	if o.log == nil {
		if o.log, err = a.stderrLog(c); err != nil {
			return nil, err
		}
	}
	conf := core.Config{
		Dir: a.dirs.state, Machine: a.machine, Keystores: stores, Providers: table,
		OAuth: oauth.NewClient(oauth.Config{
			Transport: transport, Clock: a.clock, Rand: a.random, UserAgent: userAgent(),
		}),
		Clock: a.clock, Random: a.random, Jitter: a.jitter, Log: o.log, PID: os.Getpid(), Program: a.program, Patience: o.patience,
		OnPanic: o.onPanic,
	}
	if !o.stays {
		conf.Detach = a.detach(stores)
	}
	a.opened = core.Open(conf)
	a.stores = stores
	if o.anyStore {
		return a.opened, nil
	}
	return a.opened, a.agree()
}

// maxBundle bounds a file of certificate authorities; those of systems have some
// hundred thousand bytes.
const maxBundle = 16 << 20

// transport is the way to the network: proxies from the environment, and
// certificate authorities from the system and the configured bundle.
func (a *app) transport(c config) (*http.Transport, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	path := c.CABundle
	if path == "" {
		path = a.getenv("HERMES_TUI_CA_BUNDLE")
	}
	if path == "" {
		return t, nil
	}
	pem, err := atomicfile.ReadForeign(path, maxBundle)
	if err != nil {
		return nil, usage("the CA bundle "+path+" cannot be read: "+pathless(err).Error(), "check ca_bundle in the configuration, or HERMES_TUI_CA_BUNDLE")
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, usage("the CA bundle "+path+" holds no certificate", "give a file in PEM format")
	}
	t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return t, nil
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
	if err := record.Open(record.Options{Dir: a.dirs.state}).Ensure(); err != nil {
		return nil, err
	}
	a.logFile = &logFile{path: filepath.Join(a.dirs.state, "hermes-tui.log")}
	return slog.New(redacted(slog.NewTextHandler(a.logFile, &slog.HandlerOptions{Level: level}))), nil
}

func redacted(next slog.Handler) slog.Handler { return secret.NewHandler(next, secret.NewScrubber()) }
