package core

import (
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
)

// Served counts what a program used of an account.
func (c *Core) Served(by tally.Use, n tally.Counts) { c.tally.Note(by, n) }

// Tally returns who used what from since on, as all processes have counted it, the
// oldest twenty minutes first. It opens no secret. What was counted is kept for 31
// days, also of accounts that were removed.
func (c *Core) Tally(since time.Time) []tally.Row { return c.tally.Read(since) }
