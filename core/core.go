package core

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/interop"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/signin"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/upkeep"
)

// Config is what a Core is made of, and Keystores the part of it that decides
// where secrets are; see [state.Config].
type (
	Config    = state.Config
	Keystores = state.Keystores
	Detached  = state.Detached
)

// usualHurry is longer than [record.Slow], so that whoever left knows that the
// others skip the account as well.
const usualHurry = 700 * time.Millisecond

// Core is the accounts of one state folder. It is safe for concurrent use.
type Core struct {
	state *state.State
	*accounts.Accounts
	*upkeep.Upkeep
	*signin.SignIns
	*interop.Interop
	underway *accounts.Refreshes
	keyPath  string // looked at for each request

	engine *refresh.Engine

	mu       sync.Mutex
	flights  map[string]*flight
	cache    map[string]cached
	proxyKey cachedKey
	usage    map[string]record.Usage // not yet written
	writing  map[string]record.Usage // being written; nil: nothing is
	counting *time.Timer             // until the counters are written; nil: nothing was counted
	leases   map[string]int          // requests that each account is serving
}

// Open returns the accounts in c.Dir. Nothing is read, written or asked yet.
func Open(c Config) *Core {
	c.Hurry = cmp.Or(c.Hurry, usualHurry)
	in, under := state.Open(c), &accounts.Refreshes{}
	core := &Core{
		state:    in,
		Accounts: accounts.New(in, under), underway: under,
		keyPath: in.Folder.HeadPath(record.ProxyKeyID),
		flights: map[string]*flight{}, cache: map[string]cached{}, usage: map[string]record.Usage{},
		leases: map[string]int{},
	}
	core.Upkeep = upkeep.New(in, core.Accounts)
	core.SignIns = signin.New(in, core.Accounts, core.Upkeep)
	core.Interop = interop.New(in, core.Accounts, core.Upkeep)
	core.engine = &refresh.Engine{Vault: in.Vault, Rules: core.rules, Clock: c.Clock, Jitter: c.Jitter, Log: c.Log}
	return core
}

// rules looks a provider up for the refresh engine.
func (c *Core) rules(id, region string) (refresh.Rules, error) {
	p, r, err := c.state.Providers.Region(id, region)
	if err != nil {
		return refresh.Rules{}, err
	}
	p.Device.Issuer = r.Issuer
	flow, err := p.Flow(c.state.OAuth)
	return refresh.Rules{Flow: flow, Check: c.state.Providers.Check, Skew: p.SkewOf, Grace: p.Grace}, err
}

// Close waits until every refresh that was begun has ended and the counters are
// written, at most until ctx is done: a refresh cut in the middle can cost the
// account.
func (c *Core) Close(ctx context.Context) error {
	c.stopCounting()
	done := make(chan struct{})
	go func() {
		c.state.Wait()
		c.flushUsage()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Remove deletes an account and its secrets here, also in the memory of this
// process. It cannot be undone.
func (c *Core) Remove(ctx context.Context, id string) error {
	defer c.forget(id)
	return c.Accounts.Remove(ctx, id)
}

// RemoveAndRevoke is Remove, and then asks the provider to end the sign-in; see
// [accounts.Accounts.RemoveAndRevoke].
func (c *Core) RemoveAndRevoke(ctx context.Context, id string) (Removal, error) {
	defer c.forget(id)
	return c.Accounts.RemoveAndRevoke(ctx, id)
}
