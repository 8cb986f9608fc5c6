package serve

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Leased is what whoever holds a lease has to know of its account. The rest would be
// kept for as long as an answer takes.
type Leased struct {
	ID, Label string
	Pool      pool.ID
	Rested    bool // it has failed before, which is forgotten once it serves
}

func leasedOf(a *accounts.Account) Leased {
	return Leased{ID: a.ID, Label: a.Label, Pool: a.Pool(), Rested: !a.Limits.IsZero()}
}

// Lease is an account that serves a request. Its holder calls Done when the
// request has ended, however it ended, and Served before if the API served it.
type Lease struct {
	Account Leased
	Others  bool    // another account could serve as well
	Moved   bool    // the conversation is at home at another account, which cannot serve now
	ledger  *ledger // nil in a lease of a test, which counts none
	model   string
	done    bool
	seats   *conversations
	of      Conversation
}

// Keep notes that the account has served the conversation, which stays with it from
// now on.
func (l *Lease) Keep() {
	if l.seats != nil && l.of.ID != "" {
		l.seats.sit(l.of, l.Account.Pool, l.Account.ID, true, l.ledger.state.Clock.Now())
	}
}

// again is a new lease of the same account for the same request.
func (l *Lease) again() *Lease {
	if l.ledger == nil {
		return &Lease{Account: l.Account}
	}
	l.ledger.mu.Lock()
	defer l.ledger.mu.Unlock()
	next := l.ledger.lease(l.Account, l.model)
	next.seats, next.of = l.seats, l.of
	return next
}

// Done ends the lease. It may be called more than once.
func (l *Lease) Done() {
	if l.ledger == nil {
		return
	}
	l.ledger.mu.Lock()
	defer l.ledger.mu.Unlock()
	if l.done {
		return
	}
	l.done = true
	l.ledger.end(l.Account.ID)
}

// Served notes that the API served the request, so that the account's failures
// are forgotten and its next cool-down is a short one again. It costs nothing
// for an account that had none. A cool-down in force stays: the request was sent
// before it began.
func (l *Lease) Served(ctx context.Context) error {
	if !l.Account.Rested {
		return nil
	}
	return l.ledger.state.Folder.UpdatePool(ctx, func(p *record.PoolFile) bool {
		row := p.Find(l.Account.ID)
		if row == nil {
			return false
		}
		limits, changed := row.Limits.Served(l.model, l.ledger.state.Clock.Now())
		row.Limits = limits
		return changed
	})
}
