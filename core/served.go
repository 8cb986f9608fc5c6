package core

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
)

// Served counts what a program used of an account.
func (c *Core) Served(by tally.Use, n tally.Counts) { c.tally.Note(by, n) }

// Tally returns who used what from since on, as all processes have counted it, the
// oldest twenty minutes first. It opens no secret. What was counted is kept for 31
// days, also of accounts that were removed.
func (c *Core) Tally(since time.Time) []tally.Row { return c.tally.Read(since) }

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
