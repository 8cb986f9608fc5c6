// Package serve gives programs what they need for a request: the account that
// serves next, and a token of it that is good now. It notes what became of the
// request, and refreshes tokens, each account's once whoever asks.
package serve

import (
	"context"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// Follower looks after the accounts that another program owns and refreshes.
type Follower interface {
	// Follow reads the owner's file, and stores the tokens there if they are newer.
	// It reports whether they were.
	Follow(ctx context.Context, id string) (moved bool, err error)
	// FollowDue does so for those of the accounts that are shared and whose token is
	// about to end. It reports whether anything may have changed. wait says that an owner
	// may be waited for who is elsewhere.
	FollowDue(ctx context.Context, all []accounts.Account, wait bool, now time.Time) (looked bool)
}

// Serving serves the accounts of one state folder. It is safe for concurrent use.
type Serving struct {
	state     *state.State
	accounts  *accounts.Accounts
	follower  Follower
	refreshes *refreshes
	ledger    *ledger
	seats     *conversations
	board     *board
	chosen    selections
	gate      *gate

	mu       sync.Mutex
	cache    map[string]*cached
	proxyKey cachedKey
}

// New returns what serves the accounts a of s. The engine refreshes tokens, r says
// meanwhile which, and those of shared accounts come from f.
func New(s *state.State, a *accounts.Accounts, r *accounts.Refreshes, f Follower, engine *refresh.Engine) *Serving {
	sv := &Serving{
		state: s, accounts: a, follower: f,
		refreshes: &refreshes{state: s, engine: engine, refreshes: r, flights: map[string]*flight{}},
		ledger:    &ledger{state: s, usage: map[string]record.Usage{}, leases: map[string]int{}},
		cache:     map[string]*cached{},
		board:     &board{state: s},
		gate:      newGate(s),
	}
	sv.seats = newConversations(sv.board.tell)
	sv.board.counts = sv.seats.counts
	return sv
}

// Close waits until every refresh and sign-in that was begun has ended and the
// counters are written, at most until ctx is done: a refresh cut in the middle
// can cost the account.
func (sv *Serving) Close(ctx context.Context) error {
	sv.ledger.stop()
	sv.board.close()
	done := make(chan struct{})
	go func() {
		sv.state.Wait()
		sv.ledger.flush()
		sv.state.Unwatch()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
