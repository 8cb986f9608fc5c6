// Package hermestui gives Go programs a fresh token of a person's own accounts
// for each request: those that `hermes-tui` shows, from the same folders, the
// same keystore and under the same rules.
//
//	accounts, err := hermestui.Open(ctx)
//	if err != nil { … }
//	defer accounts.Close()
//	answer, err := accounts.Client("minimax").Do(request)
//
// Tokens live for minutes, and other programs refresh them, too: ask for each
// request, and keep none. docs/library.md has the longer story.
package hermestui

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"time"

	"golang.org/x/oauth2"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/setup"
)

// Accounts are a person's accounts. They are safe for concurrent use; [Accounts.Close] ends
// them. Name is one account (its id, its label, or minimax/label), or a pool
// (minimax, minimax/cn), of which the account that serves next is taken; empty is
// the only pool there is.
type Accounts struct {
	core *core.Core
	now  func() time.Time
	end  context.CancelFunc // of what runs beside
}

// Option changes what [Open] does.
type Option func(*opening)

type opening struct {
	env        func(string) string
	config     string
	passphrase func(context.Context) (string, error)
	log        *slog.Logger
	world      setup.World
}

// WithEnv reads the environment through env instead of os.Getenv: which folders
// (HERMES_TUI_HOME and XDG's), which keystore (HERMES_TUI_KEYSTORE), which key.
func WithEnv(env func(name string) string) Option { return func(o *opening) { o.env = env } }

// WithConfig reads this configuration file instead of the usual one.
func WithConfig(path string) Option { return func(o *opening) { o.config = path } }

// WithPassphrase asks for the passphrase of a sealed key file.
func WithPassphrase(ask func(context.Context) (string, error)) Option {
	return func(o *opening) { o.passphrase = ask }
}

// WithLog logs what nobody would see otherwise. Without it nothing is logged. No
// record holds a token.
func WithLog(log *slog.Logger) Option { return func(o *opening) { o.log = log } }

// Open finds the accounts as `hermes-tui` does: folders, configuration,
// keystore, key, providers. No account is read and no secret opened before
// something asks. Errors are of kind [ErrUsage].
func Open(ctx context.Context, options ...Option) (*Accounts, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	o := opening{env: os.Getenv}
	for _, option := range options {
		option(&o)
	}
	found, err := setup.Find(o.env, o.config)
	if err != nil {
		return nil, err
	}
	found.Passphrase, found.World, found.UserAgent = o.passphrase, o.world, "hermes-tui-go"
	opened, _, err := found.Open(setup.Options{Core: core.Config{Log: o.log, Program: "library"}})
	if err != nil {
		return nil, err
	}
	beside, end := context.WithCancel(context.Background())
	go opened.Forget(beside, nil)
	return &Accounts{core: opened, now: found.Now, end: end}, nil
}

// Close waits until a refresh that was begun has ended, a minute at most: one
// that is cut in the middle can cost the account.
func (a *Accounts) Close() error {
	a.end()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute+10*time.Second)
	defer cancel()
	return a.core.Close(ctx)
}

// List returns the accounts in the order of their pools. It opens no secret and
// asks no keyring. Errors are of kind [ErrUsage] or [ErrKeystore].
func (a *Accounts) List(context.Context) ([]Account, error) {
	snapshot := a.core.Snapshot()
	if snapshot.Err != nil {
		return nil, snapshot.Err
	}
	list := make([]Account, len(snapshot.Accounts))
	for i, account := range snapshot.Accounts {
		list[i] = newAccount(account, a.now())
	}
	return list, nil
}

// Token returns a token that is good for a request now. Inside its last minute it
// is refreshed first, by one process of the machine. Errors are of kind
// [ErrSignIn], [ErrCoolingDown], [ErrKeystore], [ErrNetwork] or [ErrUsage].
func (a *Accounts) Token(ctx context.Context, name string) (Token, error) {
	lease, token, err := core.Ready(ctx, a.core, name, core.PickOptions{}, core.TokenOptions{})
	if err != nil {
		return Token{}, err
	}
	lease.Done()
	a.core.Handed(token.Account)
	return newToken(token), nil
}

// TokenSource is [Accounts.Token] for programs that use golang.org/x/oauth2. Do
// not wrap it in oauth2.ReuseTokenSource, and do not use oauth2.NewClient, which
// does: both keep a token past a refresh by another process.
func (a *Accounts) TokenSource(ctx context.Context, name string) oauth2.TokenSource {
	return source{ctx, a, name}
}

type source struct {
	ctx      context.Context
	accounts *Accounts
	name     string
}

// Token implements oauth2.TokenSource.
func (s source) Token() (*oauth2.Token, error) {
	t, err := s.accounts.Token(s.ctx, s.name)
	if err != nil {
		return nil, err
	}
	return &oauth2.Token{AccessToken: t.AccessToken, TokenType: t.Type, Expiry: t.Expiry}, nil
}

// Transport returns a round tripper that signs each request: it takes off the
// credentials that are on it and sets a fresh bearer. A request to a host that
// the account's tokens are not bound to fails with [ErrUsage] and is not sent. A
// token that the API refuses is refreshed, and the request sent once more. An
// answer that concerns the account (a limit, say) is noted for every program, so
// that the next request of the pool goes to another one. base nil means
// http.DefaultTransport.
func (a *Accounts) Transport(name string, base http.RoundTripper) http.RoundTripper {
	return a.core.PoolTransport(name, base)
}

// Client returns an HTTP client with [Accounts.Transport]. It has no time limit
// of its own, because answers of models are streamed; give requests a context.
func (a *Accounts) Client(name string) *http.Client {
	return &http.Client{Transport: a.Transport(name, nil)}
}
