package core

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// PickOptions describe the request that is to be served.
type PickOptions struct {
	Model string   // model that the request names; empty: unknown
	Not   []string // ids of accounts that already refused this request
}

// Lease is an account that serves a request. Its holder calls Done when the
// request has ended, however it ended.
type Lease struct {
	Account Account
	done    func()
}

// Done ends the lease. It may be called more than once.
func (l *Lease) Done() {
	if l.done != nil { // a lease of a test that counts none
		l.done()
	}
}

// Pick chooses the account that serves the next request of whoever name means,
// as [Core.Select] understands it: an account, a pool, or the only pool there
// is. It opens no secret. Errors are of kind CoolingDown, with RetryAfter until
// the first account serves again where that is known, SignIn, or Usage.
//
// An account whose keystore was locked at the last call is picked when no other
// can serve: only asking the keystore again tells.
func (c *Core) Pick(_ context.Context, name string, o PickOptions) (*Lease, error) {
	a, err := c.choose(name, o)
	if err != nil {
		return nil, err
	}
	c.lease(a.ID, 1)
	return &Lease{Account: a, done: sync.OnceFunc(func() { c.lease(a.ID, -1) })}, nil
}

// Servable returns the error that [Core.Pick] would return now, without picking.
func (c *Core) Servable(name string) error {
	_, err := c.choose(name, PickOptions{})
	return err
}

func (c *Core) choose(name string, o PickOptions) (Account, error) {
	found, err := c.Select(name)
	if err != nil {
		return Account{}, err
	}
	now := c.config.Clock.Now()
	index, none := pool.Pick(rows(found, now), now, pool.Want{Model: o.Model, Not: o.Not})
	if none.Reason == pool.Locked {
		index = slices.IndexFunc(found, func(a Account) bool { return a.Locked && !slices.Contains(o.Not, a.ID) })
	}
	if index < 0 {
		return Account{}, noneServes(found, none, o.Model, now)
	}
	return found[index], nil
}

func rows(accounts []Account, now time.Time) []pool.Row {
	all := make([]pool.Row, len(accounts))
	for i := range accounts {
		all[i] = accounts[i].row(now)
	}
	return all
}

// lease changes the number of requests that an account is serving.
func (c *Core) lease(id string, by int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.leases[id] += by; c.leases[id] == 0 {
		delete(c.leases, id)
	}
}

// noneServes says why none of the accounts serves a request.
func noneServes(accounts []Account, none pool.None, model string, now time.Time) error {
	who := "no account can serve"
	if len(accounts) == 1 {
		who = accounts[0].Label + " cannot serve"
	}
	if model != "" {
		who += " " + model
	}
	switch none.Reason {
	case pool.CoolingDown:
		return &autherr.Error{
			Kind: autherr.CoolingDown, Code: autherr.CodeCoolingDown, Provider: accounts[0].Provider,
			RetryAfter: none.Until.Sub(now),
			Message:    who + " before " + moment(none.Until, now) + ": " + restWords(accounts),
			Hint:       "`hermes-tui list` shows when each one serves again",
		}
	case pool.Refused:
		return &autherr.Error{
			Kind: autherr.CoolingDown, Code: autherr.CodeCoolingDown, Provider: accounts[0].Provider,
			Message: who + ": every account that could has refused this request",
			Hint:    "try again in a moment",
		}
	case pool.Locked:
		return &autherr.Error{
			Kind: autherr.Keystore, Code: autherr.CodeKeystoreLocked, Provider: accounts[0].Provider,
			Message: who + ": the keystore is locked", Hint: "unlock it and try again",
		}
	default:
		return signInNeeded(accounts)
	}
}

func restWords(accounts []Account) string {
	if len(accounts) == 1 {
		return "it is cooling down"
	}
	return fmt.Sprintf("the %d accounts of its pool are cooling down or need to sign in", len(accounts))
}

// moment is a time as a sentence names it: with its day unless that is today.
func moment(at, now time.Time) string {
	at = at.In(now.Location())
	if at.YearDay() == now.YearDay() && at.Year() == now.Year() {
		return at.Format(time.TimeOnly)
	}
	return at.Format(time.DateTime)
}
