package core

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// Told notes what an answer of the model API tells of the account's plan in its
// headers. An account that cools down because it is used up serves soon where there is
// room again.
func (c *Core) Told(id string, h http.Header) {
	if !c.meter.Note(id, h) || !c.rest(id).UsedUp(c.state.Clock.Now()) {
		return
	}
	c.state.Go(func() { // an answer does not wait for a file
		ctx, cancel := context.WithTimeout(context.Background(), roomTime)
		defer cancel()
		c.roomAgain(ctx, id, c.meter.Known()[id].Reading)
	})
}

// roomTime is for how long the pool file is waited for.
const roomTime = 5 * time.Second

// rest is the cool-down of an account, none for one that is not there. It costs one
// stat, as ToPick does.
func (c *Core) rest(id string) pool.Cooldown {
	all := c.ToPick(glance.Mark{}).Accounts
	for i := range all { // accounts are large, and not copied
		if all[i].ID == id {
			return all[i].Cooldown
		}
	}
	return pool.Cooldown{}
}

// roomAgain ends the cool-down of an account, and of those that have the same secret,
// where what its provider told since says that there is room again. No other cool-down
// ends by that: a limit of the pace, a token that was refused and a service that is
// overloaded are over when their time is. Where it cannot be written down, the next
// reading says so again.
func (c *Core) roomAgain(ctx context.Context, id string, told usage.Reading) {
	if _, ok := contradicts(told, c.rest(id), c.state.Clock.Now()); !ok {
		return
	}
	var ended map[string]record.Event
	var was []record.Row
	err := c.state.Folder.UpdatePool(ctx, func(p *record.PoolFile) bool {
		was = slices.Clone(p.Rows)
		ended = endContradicted(p, id, told, c.state.Clock.Now())
		was = slices.DeleteFunc(was, func(r record.Row) bool { _, one := ended[r.ID]; return !one })
		return len(ended) > 0
	})
	if err != nil {
		c.state.Log.Warn("could not write down that there is room again", "account", id, "error", err)
		return
	}
	for id, event := range ended {
		c.state.Vault.AddEvent(id, event)
		c.state.Changed.Ring()
	}
	c.state.Go(func() { // the other hosts are told
		for _, row := range was {
			row.Models = nil // those go on
			c.state.Shared.Warm(row)
		}
	})
}

// endContradicted ends cool-downs in the pool file, and returns what has happened by
// that to which account.
func endContradicted(p *record.PoolFile, id string, told usage.Reading, now time.Time) map[string]record.Event {
	ended, of := map[string]record.Event{}, p.Find(id)
	if of == nil {
		return nil
	}
	for i := range p.Rows {
		row := &p.Rows[i]
		if row.ID != id && !row.SameSecret(of) {
			continue
		}
		if words, ok := contradicts(told, row.Cooldown, now); ok {
			row.Cooldown = row.Cooldown.Over(now)
			ended[row.ID] = record.Event{Kind: record.EventRoomAgain, Gen: row.Gen, Message: words}
		}
	}
	return ended
}

// contradicts says what of a reading contradicts a cool-down.
func contradicts(told usage.Reading, c pool.Cooldown, now time.Time) (words string, ok bool) {
	switch {
	case !c.UsedUp(now):
		return "", false
	case c.Means == pool.Quota:
		return told.Refilled(c.At, now)
	default:
		return told.ToppedUp(c.At, now)
	}
}
