package core

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestMain keeps the tests away from the keyring of whoever runs them, and lets
// the test binary be a process that is killed.
func TestMain(m *testing.M) {
	keyring.MockInit()
	if os.Getenv("CORE_TEST_VICTIM") != "" {
		os.Exit(victim())
	}
	os.Exit(m.Run())
}

// rig is accounts in a folder of their own with a sandbox on loopback.
type rig struct {
	*testing.T
	dir    string
	portal *sandbox.Server
	core   *Core
	clock  *rushing
}

// shortWait is the longest time that is really waited.
const shortWait = 250 * time.Millisecond

// rushing is the system's clock, moved on by every wait instead of waiting.
// What the sandbox issues is read by the same clock.
type rushing struct{ ahead atomic.Int64 }

func (c *rushing) Now() time.Time { return time.Now().Round(0).Add(time.Duration(c.ahead.Load())) }

func (c *rushing) Advance(d time.Duration) { c.ahead.Add(int64(d)) }

func (c *rushing) After(d time.Duration) <-chan time.Time {
	if d <= shortWait { // others have to get on meanwhile
		return time.After(d)
	}
	c.Advance(d)
	ch := make(chan time.Time, 1)
	ch <- c.Now()
	return ch
}

func newRig(t *testing.T) *rig {
	t.Helper()
	return newRigWith(t, sandbox.Options{AccessTTL: 15 * time.Minute})
}

func newRigWith(t *testing.T, o sandbox.Options) *rig {
	t.Helper()
	return newRigAt(t, &rushing{}, o)
}

func newRigAt(t *testing.T, c *rushing, o sandbox.Options) *rig {
	t.Helper()
	r := &rig{T: t, dir: t.TempDir(), clock: c}
	for _, window := range []time.Duration{7 * 24 * time.Hour, 5 * time.Hour} {
		// The sandbox's plans begin anew at the same times everywhere: no test comes upon
		// the end of one by the hour at which it is run.
		c.Advance(c.Now().Truncate(window).Add(window).Sub(c.Now()))
	}
	r.portal = newPortal(r.clock, o)
	if err := r.portal.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.portal.Close(context.Background()) })
	r.core = r.open()
	t.Cleanup(func() { _ = r.core.Close(context.Background()) })
	return r
}

func newPortal(c clock.Clock, o sandbox.Options) *sandbox.Server {
	o.Now, o.AutoApprove = c.Now, time.Nanosecond
	o.ExpiredIn = sandbox.TTL // an absolute time would be corrected by the answers' Date, which is real
	return sandbox.New(o)
}

// open returns the accounts as another process would see them.
func (r *rig) open() *Core { return Open(config(r.dir, r.portal.URL(), r.clock)) }

func config(dir, portal string, c clock.Clock) Config {
	table, err := provider.Default().WithOverride("minimax", "global", portal, portal+"/anthropic")
	if err != nil {
		panic(err)
	}
	return Config{
		Dir: filepath.Join(dir, "state"), Machine: "machine", Providers: table, Clock: c,
		Keystores: &keystore.Manager{
			Flag: keystore.KindFile, BlobDir: filepath.Join(dir, "state", "acct"), Backend: keystore.System{},
			Key: &keystore.Key{Path: filepath.Join(dir, "data", "key"), Create: true}, Getenv: func(string) string { return "" },
		},
		OAuth:  oauth.NewClient(oauth.Config{Clock: c}),
		Random: rand.Reader, Jitter: func() float64 { return 0 }, Log: slog.New(slog.DiscardHandler), PID: os.Getpid(), Program: "test",
		Patience: 5 * time.Second,
	}
}

// signIn signs in and returns the last event.
func (r *rig) signIn(o SignInOptions) SignInEvent {
	r.Helper()
	if o.Provider == "" && o.Account == "" {
		o.Provider = "minimax"
	}
	var last SignInEvent
	for e := range r.core.SignIn(r.Context(), o) {
		last = e
	}
	return last
}

// account signs in to a new account.
func (r *rig) account(label string) Account {
	r.Helper()
	e, ok := r.signIn(SignInOptions{Label: label}).(SignedIn)
	if !ok {
		r.Fatalf("not signed in: %+v", e)
	}
	return e.Account
}

// token asks for a token.
func (r *rig) token(id string) (Token, error) { return r.core.Token(r.Context(), id, TokenOptions{}) }

// refreshes is how many refresh requests the provider has seen.
func (r *rig) refreshes() int { return r.portal.Stats().Refreshes.Total }

// fault lets the portal misbehave.
func (r *rig) fault(text string) {
	r.Helper()
	f, err := sandbox.ParseFault(text)
	if err != nil {
		r.Fatal(err)
	}
	r.portal.SetFaults(f)
}
