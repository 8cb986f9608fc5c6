package core

import (
	"context"
	"net/http"
	"time"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/host"
	"github.com/hermes-tui/hermes-tui/core/interop"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/serve"
	"github.com/hermes-tui/hermes-tui/core/signin"
	"github.com/hermes-tui/hermes-tui/core/state"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/core/upkeep"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// Core is the accounts of one state folder: the face of its wings, whose methods
// are its own. It is safe for concurrent use.
type Core struct {
	*accounts.Accounts
	*upkeep.Upkeep
	*signin.SignIns
	*interop.Interop
	*serve.Serving
	*serve.Clients

	state  *state.State
	engine *refresh.Engine // refreshes tokens for Serving
	meter  *usage.Meter    // what is left of the plans
	tally  *tally.Meter    // who uses what
	books  *budget.Books   // what keys with limits have used
}

// Open returns the accounts in c.Dir. Nothing is read, written or asked yet.
func Open(c Config) *Core {
	in, underway := state.Open(c), &accounts.Refreshes{}
	core := &Core{state: in, engine: serve.Engine(in), Accounts: accounts.New(in, underway)}
	core.Upkeep = upkeep.New(in, core.Accounts)
	core.SignIns = signin.New(in, core.Accounts, core.Upkeep)
	core.Interop = interop.New(in, core.Accounts, core.Upkeep)
	core.meter = usage.NewMeter(c.Dir, c.Clock, &http.Client{Transport: c.HTTP})
	core.tally = tally.NewMeter(c.Dir, c.Clock)
	core.books = budget.OpenBooks(c.Dir, c.Clock, in.PID)
	core.Serving = serve.New(in, core.Accounts, underway, core.Interop, core.engine)
	core.Clients = serve.NewClients(core.Serving)
	if in.Shared != nil {
		in.Shared.Count(counter{core})
		core.books.Beside(core.spentElsewhere)
	}
	return core
}

// Busy reports whether a refresh or a sign-in is under way in this process that must
// not be cut.
func (c *Core) Busy() bool { return c.state.Busy() }

// Close waits until every refresh that was begun has ended and what was counted
// is written; see [serve.Serving.Close].
func (c *Core) Close(ctx context.Context) error {
	c.meter.Close()
	c.tally.Close()
	c.books.Close()
	err := c.Serving.Close(ctx)
	c.state.Shared.Close(ctx)
	return err
}

// Follow keeps what this host knows of its fleet at what the fleet's other hosts do,
// until ctx is done; for programs that stay. Where there is no fleet there is nothing
// to do.
func (c *Core) Follow(ctx context.Context) {
	if heads := c.state.Vault.Heads; heads != nil {
		go c.state.Shared.Follow(ctx)
		if owner, ok := heads.(interface {
			Wants(ctx context.Context, refresh func(ctx context.Context, id string, gen uint64))
		}); ok {
			go owner.Wants(ctx, func(ctx context.Context, id string, gen uint64) {
				if _, err := c.SendRefresh(ctx, id, refresh.Request{Gen: gen, Asked: true}); err != nil && ctx.Err() == nil {
					c.state.Log.Warn("a reader of the fleet needs a newer token, and there is none", "account", id, "error", err)
				}
			})
		}
		if err := heads.Watch(ctx); err != nil && ctx.Err() == nil {
			c.state.Log.Warn("the fleet is not followed any more", "error", err)
		}
	}
}

// lookTime bounds how long a command waits for the fleet's store before it goes on with
// what this host has seen.
const lookTime = 5 * time.Second

// Look brings what this host knows of its fleet up to date once; for programs that end.
// Where there is no fleet there is nothing to do, nor where another user runs this.
func (c *Core) Look(ctx context.Context) error {
	heads := c.state.Vault.Heads
	if heads == nil || c.state.Folder.CheckOwner() != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	err := heads.Look(ctx)
	away := err != nil && !fleet.Foreign(err) // a record that somebody forged is no reason not to hear the rest
	if c.state.Shared.Lost(away); away {
		return err
	}
	if err := c.state.Shared.Look(ctx); err != nil { // all of it can be done without
		c.state.Log.Debug("what the other hosts of the fleet tell was not read", "error", err)
	}
	return err
}

// Host returns this machine as a host of a fleet, or of none yet.
func (c *Core) Host() *host.Host { return host.New(c.state, c.Probe) }

// WatchFleet sends what there is to see of this machine's fleet, at once and whenever
// that changes; see [host.Host.Watch]. [Core.Follow] has to run beside it.
func (c *Core) WatchFleet(ctx context.Context) <-chan host.Sight { return c.Host().Watch(ctx) }

// Conversations returns how many conversations stay with each account; see
// [serve.Conversations].
func (c *Core) Conversations() map[string]int { return serve.Conversations(c.state) }

// Remove deletes an account and its secrets here, also in the memory of this
// process. It cannot be undone.
func (c *Core) Remove(ctx context.Context, id string) error {
	defer c.forget(ctx, id)
	return c.Accounts.Remove(ctx, id)
}

// RemoveAndRevoke is Remove, and then asks the provider to end the sign-in; see
// [accounts.Accounts.RemoveAndRevoke].
func (c *Core) RemoveAndRevoke(ctx context.Context, id string) (Removal, error) {
	defer c.forget(ctx, id)
	return c.Accounts.RemoveAndRevoke(ctx, id)
}

func (c *Core) forget(ctx context.Context, id string) {
	c.Drop(id)
	_ = c.meter.Forget(ctx, id) // numbers of nobody are no harm
}
