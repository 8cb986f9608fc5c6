package proxy

import (
	"context"
	"crypto/rand"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/keystore"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// startPortal starts a sandbox that approves at once.
func startPortal(t testing.TB, life time.Duration) *sandbox.Server {
	t.Helper()
	portal := sandbox.New(sandbox.Options{AccessTTL: life, AutoApprove: time.Nanosecond})
	if err := portal.Listen(""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = portal.Close(context.Background()) })
	return portal
}

// openCore returns real accounts in a folder, which sign in at portal and speak
// to the model API at api.
func openCore(t testing.TB, dir, portal, api string) *core.Core {
	t.Helper()
	return openCoreWith(t, dir, "minimax", portal, api+"/anthropic")
}

// openCoreWith is openCore for a provider whose models are at base.
func openCoreWith(t testing.TB, dir, providerID, portal, base string) *core.Core {
	t.Helper()
	table, err := provider.Default().WithOverride(providerID, "global", portal, base)
	if err != nil {
		t.Fatal(err)
	}
	c := core.Open(core.Config{
		Dir: filepath.Join(dir, "state"), Machine: "machine", Providers: table, Clock: clock.System{},
		Keystores: &keystore.Manager{
			Flag: keystore.KindFile, BlobDir: filepath.Join(dir, "state", "acct"), Backend: keystore.System{},
			Key: &keystore.Key{Path: filepath.Join(dir, "data", "key"), Create: true}, Getenv: func(string) string { return "" },
		},
		OAuth:  oauth.NewClient(oauth.Config{Clock: clock.System{}}),
		Random: rand.Reader, Jitter: func() float64 { return 0 }, Log: slog.New(slog.DiscardHandler), PID: 1, Patience: 5 * time.Second,
	})
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

// signIn makes an account and returns its id.
func signIn(t testing.TB, c *core.Core, label string) string {
	t.Helper()
	var last core.SignInEvent
	for last = range c.SignIn(context.Background(), core.SignInOptions{Provider: "minimax", Label: label}) {
	}
	done, ok := last.(core.SignedIn)
	if !ok {
		t.Fatalf("not signed in: %+v", last)
	}
	return done.Account.ID
}
