package accounts

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// Refreshes is which accounts this process is refreshing, and since when. Who
// refreshes writes it, a snapshot shows it.
type Refreshes struct {
	mu    sync.Mutex
	since map[string]time.Time // by id
}

// Begin notes that a refresh of the account has begun.
func (r *Refreshes) Begin(id string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.since == nil {
		r.since = map[string]time.Time{}
	}
	r.since[id] = now
}

// End notes that it has ended.
func (r *Refreshes) End(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.since, id)
}

// mark returns the snapshot with the accounts that are being refreshed marked.
func (r *Refreshes) mark(s Snapshot) Snapshot {
	r.mu.Lock()
	since := maps.Clone(r.since)
	r.mu.Unlock()
	if len(since) == 0 {
		return s
	}
	s.Accounts = slices.Clone(s.Accounts)
	for i := range s.Accounts {
		s.Accounts[i].RefreshingSince = since[s.Accounts[i].ID]
	}
	return s
}
