package core

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// countTime bounds how long counters wait for those of another process.
const countTime = 250 * time.Millisecond

// countEvery is how often the counters are written at most. It saves the disk
// and decides nothing, so it is no matter of the clock.
const countEvery = time.Second

// count notes a hand-out. It is written within a second, or by Close.
func (c *Core) count(id string, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.usage[id] = c.usage[id].Plus(record.Usage{Requests: 1, LastUsed: now})
	if c.counting == nil {
		c.counting = time.AfterFunc(countEvery, c.flushSoon)
	}
}

// flushSoon writes what was counted in a second.
func (c *Core) flushSoon() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counting != nil { // else Close writes it
		c.counting = nil
		c.state.Go(c.flushUsage)
	}
}

// stopCounting leaves the counters to Close.
func (c *Core) stopCounting() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counting != nil {
		c.counting.Stop()
		c.counting = nil
	}
}

// used returns how much an account was used, by this process up to now and by
// others as far as they have written it down. The caller holds c.mu.
func (c *Core) used(a *Account, turn uint64) record.Usage {
	disk := record.Usage{Requests: a.Requests, LastUsed: a.LastUsedAt, Turn: turn}
	return disk.Plus(c.writing[a.ID]).Plus(c.usage[a.ID])
}

// flushUsage adds the counters to those on disk; what cannot be written now is
// kept for the next time.
func (c *Core) flushUsage() {
	c.mu.Lock()
	if len(c.usage) == 0 || c.writing != nil {
		c.mu.Unlock()
		return
	}
	more := c.usage
	c.usage, c.writing = map[string]record.Usage{}, more
	c.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), countTime)
	written := c.state.Folder.AddUsage(ctx, more)
	cancel()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writing = nil
	if written {
		return
	}
	for id, add := range more {
		c.usage[id] = c.usage[id].Plus(add)
	}
}
