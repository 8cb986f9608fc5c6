package core

import (
	"context"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/budget"
	"github.com/hermes-tui/hermes-tui/core/fleet/shared"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/tally"
)

// LookAtUse brings what the other hosts of the fleet have counted, and were told of plans,
// up to date once; for programs that end. Where the store does not answer, it is what was
// told before.
func (c *Core) LookAtUse(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	if err := c.state.Shared.LookAtUse(ctx); err != nil {
		c.state.Log.Debug("what the other hosts of the fleet have counted was not read", "error", err)
	}
}

// HostName is what the fleet calls this host; empty where there is none.
func (c *Core) HostName() string {
	if c.state.Shared == nil {
		return ""
	}
	return c.state.Shared.Host
}

// counter is what this host counts, for the others of its fleet. It implements
// [shared.Counter].
type counter struct{ core *Core }

// Own implements [shared.Counter].
func (c counter) Own(ctx context.Context, from time.Time) shared.Use {
	u := shared.Use{Rows: c.core.tally.Own(from), Plans: c.core.meter.Own()}
	keys, err := c.core.ClientKeys(ctx)
	if err != nil { // the keystore is locked: nobody uses them
		return u
	}
	u.Keys, u.Spent = map[string]record.Usage{}, map[string][]budget.Spent{}
	used := c.core.state.Folder.ReadUsage()
	for _, k := range keys {
		if !k.Fleet {
			continue
		}
		if n := used[k.ID]; n.Requests > 0 {
			u.Keys[k.ID] = n
		}
		if spent := c.core.books.Own(k.ID, k.Limits); len(spent) > 0 {
			u.Spent[k.ID] = spent
		}
	}
	return u
}

// Past implements [shared.Counter].
func (c counter) Past(until time.Time) []tally.Row {
	return slices.DeleteFunc(c.core.tally.Own(until.Add(-tally.Keep)), func(r tally.Row) bool { return !r.Slot.Before(until) })
}

// Heard implements [shared.Counter].
func (c counter) Heard(ctx context.Context, u shared.Use) {
	if err := c.core.meter.Heard(ctx, u.Host, u.Plans); err != nil {
		c.core.state.Log.Debug("what another host was told of plans was not written down", "host", u.Host, "error", err)
		return
	}
	known := c.core.meter.Known()
	for id := range u.Plans {
		c.core.roomAgain(ctx, id, known[id].Reading)
	}
}

// spentElsewhere is what the other hosts have told that a client key has used.
func (c *Core) spentElsewhere(key string) (all []budget.Spent) {
	for _, u := range c.state.Shared.Elsewhere() {
		all = append(all, u.Spent[key]...)
	}
	return all
}
