// Package refresh refreshes access tokens: one refresh at a time for each account,
// across all processes of the machine, and never one whose answer could not be
// kept.
//
// [Engine.Refresh] is the whole rule, top to bottom: take the account's lock,
// look again (somebody else may have an answer by now), write down what is about
// to happen, send the single-use refresh token once, and then either keep the
// new tokens, note the failure and back off, or quarantine the account.
//
// # It must not be cut
//
// Once the refresh token may have left the machine, only the answer can tell
// whether it still works. So Refresh, once it holds the lock, does not listen to
// its caller's context; it ends within a minute by itself. Callers that may be
// killed run it in a process of its own.
package refresh

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/oauth"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

const (
	// networkTime bounds everything that is sent for one refresh.
	networkTime = 60 * time.Second
	// repeatPause is waited before the one repeat after a lost answer, where there
	// is no time to wait for longer.
	repeatPause = time.Second
	// movedTries is how often it is looked again where another machine was faster.
	movedTries = 5
)

// Rules are what the engine needs to know of a provider and region.
type Rules struct {
	Flow oauth.Flow
	// Check refuses a record whose hosts the configuration does not name.
	Check func(oauth.Binding) error
	// Skew returns how long before its expiry a token of this life is refreshed;
	// nil: as long as at sign-in.
	Skew func(life time.Duration) time.Duration
	// Grace is for how long the provider takes a refresh token again; zero when
	// that may end the grant.
	Grace time.Duration
	// Exchanged says that what is sent is never spent, and that each answer may name
	// another base URL of the model API; see [oauth.Exchange].
	Exchanged bool
}

// Engine refreshes tokens. It is safe for concurrent use.
type Engine struct {
	Vault *vault.Vault
	// Rules returns the rules of a provider and region.
	Rules func(provider, region string) (Rules, error)
	Clock clock.Clock
	// Jitter returns a random number in [0, 1).
	Jitter func() float64
	Log    *slog.Logger
	// Awake has the machine wait before it is suspended, until release is called; nil:
	// nothing does. It bounds itself how long it takes.
	Awake func(why string) (release func())
}

// Request says why a new token is wanted.
type Request struct {
	// Gen is the generation that the caller found expired or refused; zero when
	// it has seen none.
	Gen uint64
	// Refused says that the API answered 401 to generation Gen.
	Refused bool
	// Asked says that a person or program asked for a new token although the
	// current one may be fine.
	Asked bool
	// Force lets a person override the back-off and the rule that a token is
	// not rotated twice in a minute.
	Force bool
	// TakeOver says that a person wants a refresh taken over which another host of the
	// fleet began and did not end, where a person is asked. It is done when the token has
	// ended, as where nobody is asked.
	TakeOver bool
	// NoWait gives up at once when somebody else holds the account's lock; the
	// result then says Busy.
	NoWait bool
	// MinLife asks for a token that lives at least this long, where the
	// provider's tokens do.
	MinLife time.Duration
}

// Result is what came of a refresh. Current is set, even beside an error,
// whenever there are tokens.
type Result struct {
	Current vault.Sealed
	Rotated bool   // a request of this call brought new tokens
	Adopted bool   // somebody else's did, while this call waited
	Busy    bool   // the lock was taken and the request did not want to wait
	Note    string // why nothing was done, a sentence; empty otherwise
}

// Refresh returns current tokens of the account, new ones where the request
// gives a reason. ctx bounds only the wait for the lock.
func (e *Engine) Refresh(ctx context.Context, id string, req Request) (res Result, err error) {
	for range movedTries {
		if res, err = e.refresh(ctx, id, req); !errors.Is(err, vault.ErrMoved) {
			break
		}
	}
	return res, err
}

func (e *Engine) refresh(ctx context.Context, id string, req Request) (Result, error) {
	before, err := e.Vault.At(id).Get(ctx, id)
	if err != nil {
		return Result{}, err
	}
	if err := e.ours(); err != nil {
		return Result{}, err
	}
	claim, current, err := e.claim(ctx, id, req, before)
	switch {
	case err != nil:
		return Result{}, e.waiting(id, err)
	case current.Blob != nil:
		e.adopted(current.Head)
		return Result{Current: current, Adopted: true}, nil
	case claim == nil:
		return Result{Busy: true}, nil
	}
	ctx = context.WithoutCancel(ctx)
	var res Result
	err = e.Vault.Hold(ctx, claim, func(txn *vault.Txn) (err error) {
		txn.Grounds.TakeOver = req.TakeOver
		if req.Refused {
			txn.Grounds.Refused = req.Gen
		}
		res, err = e.underLock(ctx, &turn{Engine: e, Txn: txn, req: req}, before)
		return err
	})
	return res, err
}

// underLock decides, with everything read anew.
func (e *Engine) underLock(ctx context.Context, t *turn, before *record.Head) (Result, error) {
	if err := t.load(ctx); err != nil {
		return t.unready(err)
	}
	if done, res, err := t.adopt(before); done {
		return res, err
	}
	if err := t.permitted(); err != nil {
		return Result{Current: t.sealed()}, err
	}
	return t.send(ctx)
}

// unready is the result where the tokens could not be looked at. Those that are
// good go on being served while an attempt on another machine ages.
func (t *turn) unready(err error) (Result, error) {
	res := Result{Current: t.sealed()}
	if errors.Is(err, vault.ErrAging) && t.blob != nil && t.Head.Live(t.Clock.Now()) {
		res.Note = "nothing done: " + err.Error()
		return res, nil
	}
	return res, err
}
