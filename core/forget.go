package core

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
)

// idleTime is how long a token stays in memory that nobody asks for.
const idleTime = 5 * time.Minute

// forgetEvery is how often it is looked whether there is something to forget.
const forgetEvery = time.Second

// Forget keeps tokens and keys in memory no longer than they are needed, until
// ctx is done: a token that nobody asks for is dropped after some minutes, and
// everything at once when a person locks the keystore or the time is over that it
// was unlocked for. It is for programs that stay. told, which may be nil, is
// called whenever this process holds none any more, so that copies go, too.
func (c *Core) Forget(ctx context.Context, told func()) {
	defer c.state.Caught()
	turn := c.state.Keystores.Turn()
	for clock.Sleep(ctx, c.state.Clock, forgetEvery) == nil {
		before := turn
		turn = c.state.Keystores.Turn()
		none := false
		if before != "" && turn != before {
			none = c.forgetAll(func(cached) bool { return true })
			c.sayTurn()
		} else {
			idle := c.state.Clock.Now().Add(-idleTime)
			none = c.forgetAll(func(have cached) bool { return have.used.Before(idle) })
		}
		if none && told != nil {
			told()
		}
	}
}

// forgetAll drops the tokens that are to go. It reports whether that were the last.
func (c *Core) forgetAll(gone func(cached) bool) (none bool) {
	c.mu.Lock()
	had := len(c.cache)
	for id, have := range c.cache {
		if gone(have) {
			delete(c.cache, id)
		}
	}
	none = len(c.cache) == 0 && had > 0
	if none {
		c.proxyKey = cachedKey{}
	}
	c.mu.Unlock()
	if none {
		c.state.Keystores.Forget()
	}
	return none
}

// sayTurn logs what a person did to the keystore, and shows it.
func (c *Core) sayTurn() {
	switch since, locked := c.state.Keystores.Locked(); {
	case locked:
		c.state.Log.Warn("the keystore was locked: its key and the tokens are forgotten; `hermes-tui unlock` opens it", "at", since.Local().Format(time.TimeOnly))
	default:
		c.state.Log.Info("the keystore's key was locked or unlocked, or its time is over: it is opened anew")
	}
	c.state.Changed.Ring()
}
