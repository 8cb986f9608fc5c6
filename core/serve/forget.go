package serve

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
func (sv *Serving) Forget(ctx context.Context, told func()) {
	defer sv.state.Caught()
	turn := sv.state.Keystores.Turn()
	for clock.Sleep(ctx, sv.state.Clock, forgetEvery) == nil {
		before := turn
		turn = sv.state.Keystores.Turn()
		none := false
		if before != "" && turn != before {
			none = sv.forgetAll(func(cached) bool { return true })
			sv.sayTurn()
		} else {
			idle := sv.state.Clock.Now().Add(-idleTime)
			none = sv.forgetAll(func(have cached) bool { return have.used.Before(idle) })
		}
		if none && told != nil {
			told()
		}
	}
}

// forgetAll drops the tokens that are to go. It reports whether that were the last.
func (sv *Serving) forgetAll(gone func(cached) bool) (none bool) {
	sv.mu.Lock()
	had := len(sv.cache)
	for id, have := range sv.cache {
		if gone(have) {
			delete(sv.cache, id)
		}
	}
	none = len(sv.cache) == 0 && had > 0
	if none {
		sv.proxyKey = cachedKey{}
	}
	sv.mu.Unlock()
	if none {
		sv.state.Keystores.Forget()
	}
	return none
}

// sayTurn logs what a person did to the keystore, and shows it.
func (sv *Serving) sayTurn() {
	switch since, locked := sv.state.Keystores.Locked(); {
	case locked:
		sv.state.Log.Warn("the keystore was locked: its key and the tokens are forgotten; `hermes-tui unlock` opens it", "at", since.Local().Format(time.TimeOnly))
	default:
		sv.state.Log.Info("the keystore's key was locked or unlocked, or its time is over: it is opened anew")
	}
	sv.state.Changed.Ring()
}
