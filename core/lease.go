package core

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/record"
)

// Lease is an account that serves a request. Its holder calls Done when the
// request has ended, however it ended, and Served before if the API served it.
type Lease struct {
	Account Account
	Others  bool  // another account could serve as well
	core    *Core // nil in a lease of a test, which counts none
	model   string
	done    bool
}

// newLease counts one more request that the account is serving. The caller holds
// c.mu.
func (c *Core) newLease(a Account, model string) *Lease {
	c.leases[a.ID]++
	return &Lease{Account: a, core: c, model: model}
}

// again is a new lease of the same account for the same request.
func (l *Lease) again() *Lease {
	if l.core == nil {
		return &Lease{Account: l.Account}
	}
	l.core.mu.Lock()
	defer l.core.mu.Unlock()
	return l.core.newLease(l.Account, l.model)
}

// Done ends the lease. It may be called more than once.
func (l *Lease) Done() {
	if l.core == nil {
		return
	}
	c, id := l.core, l.Account.ID
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.done {
		return
	}
	l.done = true
	if c.leases[id]--; c.leases[id] == 0 {
		delete(c.leases, id)
	}
}

// Served notes that the API served the request, so that the account's failures
// are forgotten and its next cool-down is a short one again. It costs nothing
// for an account that had none. A cool-down in force stays: the request was sent
// before it began.
func (l *Lease) Served(ctx context.Context) error {
	if l.Account.Limits.IsZero() {
		return nil
	}
	return l.core.state.Folder.UpdatePool(ctx, func(p *record.Pool) bool {
		row := p.Find(l.Account.ID)
		if row == nil {
			return false
		}
		limits, changed := row.Limits.Served(l.model, l.core.state.Clock.Now())
		row.Limits = limits
		return changed
	})
}
