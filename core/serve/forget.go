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
// ctx is done: one that nobody asks for is dropped after some minutes, and
// everything at once when a person locks the keystore or the time is over that it
// was unlocked for. It is for programs that stay. told, which may be nil, is
// called again and again while this process holds no token, so that copies go,
// too, once nothing is under way that needs them.
func (sv *Serving) Forget(ctx context.Context, told func()) {
	defer sv.state.Caught()
	turn := sv.state.Keystores.Turn()
	for clock.Sleep(ctx, sv.state.Clock, forgetEvery) == nil {
		before := turn
		turn = sv.state.Keystores.Turn()
		turned := before != "" && turn != before
		tokens, last := sv.dropOld(turn)
		if turned || last {
			sv.state.Keystores.Forget()
		}
		if turned {
			sv.sayTurn()
		}
		if tokens == 0 && told != nil {
			told()
		}
	}
}

// dropOld drops what was read under another turn of the keystore and what nobody
// asks for. It returns how many tokens are left, and whether the last of what was
// in memory is gone.
func (sv *Serving) dropOld(turn string) (tokens int, last bool) {
	idle := sv.state.Clock.Now().Add(-idleTime)
	sv.mu.Lock()
	defer sv.mu.Unlock()
	had := len(sv.cache) > 0 || !sv.proxyKey.key.IsZero()
	for id, have := range sv.cache {
		if have.turn != turn || have.used.Before(idle) {
			delete(sv.cache, id)
		}
	}
	if sv.proxyKey.turn != turn || sv.proxyKey.used.Before(idle) {
		sv.proxyKey = cachedKey{}
	}
	tokens = len(sv.cache)
	return tokens, had && tokens == 0 && sv.proxyKey.key.IsZero()
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
