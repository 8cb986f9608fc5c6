package core

import (
	"context"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/proxies"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// Runs leaves a note that a proxy of this process listens there, until it is ended.
// Every process that lists the accounts sees it.
func (c *Core) Runs(listens []string) (*proxies.Entry, error) {
	return c.state.Proxies.Enter(listens, c.state.PID)
}

// Served counts what a program used of an account.
func (c *Core) Served(by tally.Use, n tally.Counts) { c.tally.Note(by, n) }

// Moment is the present one. Whoever asks for several things at once takes it once, and
// names it each time.
func (c *Core) Moment() glance.Mark { return c.state.Watch().Mark(c.state.Clock.Now()) }

// Handed counts a token of an account that this program was given, to send requests
// itself.
func (c *Core) Handed(account string) {
	c.tally.Note(tally.Use{Account: account, Program: c.state.Program}, tally.Counts{Handed: 1})
}

// HandedTo counts a token of an account that this process, which ends soon, gave a
// program. Where it cannot be written down nothing is counted.
func (c *Core) HandedTo(account, program string) {
	if err := tally.Hand(c.state.Dir, c.state.Clock.Now(), tally.Use{Account: account, Program: program}); err != nil {
		c.state.Log.Debug("a token that was handed out is not counted", "account", account, "error", err)
	}
}

// Tally returns who used what from since on, as all processes have counted it, the
// oldest twenty minutes first, with what the other hosts of the fleet have told. It opens no secret. What was counted is kept for 31
// days, also of accounts that were removed.
func (c *Core) Tally(since time.Time) []tally.Row {
	rows := c.tally.Read(since)
	for i := range rows {
		if rows[i].Host == "" {
			rows[i].Host = c.HostName()
		}
	}
	return rows
}

// TallyOf is [Core.Tally] of the accounts that name means, also of one that was
// removed; of all for an empty name.
func (c *Core) TallyOf(name string, since time.Time) ([]tally.Row, error) {
	rows := c.Tally(since)
	if name == "" {
		return rows, nil
	}
	ids, err := c.IDs(name)
	if err != nil { // its history may be gone already
		ids = []string{name}
	}
	rows = slices.DeleteFunc(rows, func(r tally.Row) bool { return !slices.Contains(ids, r.Account) })
	if len(rows) > 0 {
		err = nil
	}
	return rows, err
}

// WatchTally sends what [Core.Tally] has of the last span: at once, and then after
// each change, at most once a second, until ctx is done; then the channel is closed.
func (c *Core) WatchTally(ctx context.Context, span time.Duration) <-chan []tally.Row {
	to := make(chan []tally.Row)
	go func() {
		defer close(to)
		defer c.state.Caught()
		c.tally.Watch(ctx, span, to)
	}()
	return to
}
