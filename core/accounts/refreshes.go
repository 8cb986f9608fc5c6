package accounts

import (
	"slices"
	"sync"
	"time"
)

// Refreshes is which accounts this process is refreshing, and since when. Who
// refreshes writes it, a snapshot shows it.
type Refreshes struct {
	mu     sync.Mutex
	since  map[string]time.Time // by id
	marked []Account            // of the list that begins with of, as long as nothing begins or ends
	of     *Account
}

// Begin notes that a refresh of the account has begun.
func (r *Refreshes) Begin(id string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.since == nil {
		r.since = map[string]time.Time{}
	}
	r.since[id], r.of = now, nil
}

// End notes that it has ended.
func (r *Refreshes) End(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.since, id)
	r.of = nil
}

// mark returns the snapshot with the accounts that are being refreshed marked.
func (r *Refreshes) mark(s Snapshot) Snapshot {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.since) == 0 || len(s.Accounts) == 0 {
		return s
	}
	if of := &s.Accounts[0]; r.of != of || len(r.marked) != len(s.Accounts) {
		r.of, r.marked = of, slices.Clone(s.Accounts)
		for i := range r.marked {
			r.marked[i].RefreshingSince = r.since[r.marked[i].ID]
		}
	}
	s.Accounts = r.marked
	return s
}
