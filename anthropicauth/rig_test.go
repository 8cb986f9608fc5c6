package anthropicauth_test

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestMain keeps the tests away from the keyring of whoever runs them.
func TestMain(m *testing.M) {
	keyring.MockInit()
	os.Exit(m.Run())
}

// shifted is the system's clock, and can be moved on. The sandbox and the
// accounts read the same one, so that tokens expire without waiting.
type shifted struct {
	clock.System
	ahead atomic.Int64
}

func (c *shifted) Now() time.Time { return c.System.Now().Add(time.Duration(c.ahead.Load())) }

func (c *shifted) Advance(d time.Duration) { c.ahead.Add(int64(d)) }

// life is that of the sandbox's access tokens. One that lives for less than a
// minute is refreshed only once the API refuses it.
const life = 2 * time.Minute

// rig is a sandbox and an account that is signed in to it.
type rig struct {
	sandbox  *sandbox.Server
	clock    *shifted
	accounts *core.Core
	account  core.Account
	close    func()
}

// newRig starts a sandbox on loopback and signs in to it.
func newRig(ctx context.Context, dir string) (*rig, error) {
	r := &rig{clock: &shifted{}}
	r.sandbox = sandbox.New(sandbox.Options{
		AccessTTL: life, AutoApprove: time.Nanosecond, Interval: time.Millisecond, Now: r.clock.Now,
		ExpiredIn: sandbox.TTL, // an absolute time would be corrected by the answers' Date, which is real
	})
	if err := r.sandbox.Listen(""); err != nil {
		return nil, err
	}
	accounts, err := openAccounts(dir, r.sandbox.URL(), r.clock)
	if err != nil {
		return nil, err
	}
	r.accounts = accounts
	r.close = func() {
		_ = r.accounts.Close(context.Background())
		_ = r.sandbox.Close(context.Background())
	}
	for e := range accounts.SignIn(ctx, core.SignInOptions{Provider: "minimax", Label: "work"}) {
		switch e := e.(type) {
		case core.SignedIn:
			r.account = e.Account
			return r, nil
		case core.SignInFailed:
			return nil, e.Err
		}
	}
	return nil, errors.New("the sign-in ended without a result")
}

func newTestRig(t *testing.T) *rig {
	t.Helper()
	r, err := newRig(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.close)
	return r
}

// openAccounts opens the accounts in a folder, with their tokens in sealed
// files there. A program that keeps accounts of its own does the same, without
// the override: WithOverride lets new sign-ins go to the sandbox.
func openAccounts(dir, portal string, c clock.Clock) (*core.Core, error) {
	providers, err := provider.Default().WithOverride("minimax", "global", portal, portal+"/anthropic")
	if err != nil {
		return nil, err
	}
	state := filepath.Join(dir, "state")
	return core.Open(core.Config{
		Dir: state, Providers: providers, Clock: c, OAuth: oauth.NewClient(oauth.Config{Clock: c}),
		Keystores: &keystore.Manager{
			Flag: keystore.KindFile, BlobDir: filepath.Join(state, "acct"), Backend: keystore.System{},
			Key: &keystore.Key{Path: filepath.Join(dir, "data", "key"), Create: true}, Getenv: os.Getenv,
		},
		Random: rand.Reader, Jitter: func() float64 { return 0 }, Log: slog.New(slog.DiscardHandler),
		PID: os.Getpid(), Program: "anthropicauth", Patience: 5 * time.Second,
	}), nil
}
