package serve

import (
	"context"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/state"
)

// countTime bounds how long counters wait for those of another process.
const countTime = 250 * time.Millisecond

// countEvery is how often the counters are written at most. It saves the disk
// and decides nothing, so it is no matter of the clock.
const countEvery = time.Second

// ledger is how much this process uses accounts, before the files say it.
type ledger struct {
	state *state.State

	mu       sync.Mutex
	usage    map[string]record.Usage // not yet written
	writing  map[string]record.Usage // being written; nil: nothing is
	counting *time.Timer             // until the counters are written; nil: nothing was counted
	leases   map[string]int          // requests that each account is serving
	news     news                    // whose of these numbers have changed
}

// count notes a hand-out. It is written within a second, or by Close.
func (l *ledger) count(id string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.use(id, record.Usage{Requests: 1, LastUsed: now})
	if l.counting == nil {
		l.counting = time.AfterFunc(countEvery, l.flushSoon)
	}
}

// flushSoon writes what was counted in a second.
func (l *ledger) flushSoon() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counting != nil { // else Close writes it
		l.counting = nil
		l.state.Go(l.flush)
	}
}

// stop leaves the counters to Close.
func (l *ledger) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counting != nil {
		l.counting.Stop()
		l.counting = nil
	}
}

// used returns how much an account was used, by this process up to now and by
// others as far as they have written it down. The caller holds l.mu.
func (l *ledger) used(a *accounts.Account, turn uint64) record.Usage {
	disk := record.Usage{Requests: a.Requests, LastUsed: a.LastUsedAt, Turn: turn}
	return disk.Plus(l.writing[a.ID]).Plus(l.usage[a.ID])
}

// flush adds the counters to those on disk; what cannot be written now is
// kept for the next time.
func (l *ledger) flush() {
	l.mu.Lock()
	if len(l.usage) == 0 || l.writing != nil {
		l.mu.Unlock()
		return
	}
	more := l.usage
	l.usage, l.writing = map[string]record.Usage{}, more
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), countTime)
	written := l.state.Folder.AddUsage(ctx, more)
	cancel()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.writing = nil
	if written {
		return
	}
	for id, add := range more {
		l.usage[id] = l.usage[id].Plus(add)
	}
}

// use adds to what is not yet written. The caller holds l.mu.
func (l *ledger) use(id string, more record.Usage) {
	l.usage[id] = l.usage[id].Plus(more)
	l.news.add(id)
}

// row is an account as the rules see it, with what this process knows better than the
// files where the order looks at it. The caller holds l.mu.
func (l *ledger) row(a *accounts.Account, o pool.Order, now time.Time) pool.Row {
	row := a.Row(now)
	row.Changes = a.Changes(now)
	if o.Strategy != pool.FillFirst {
		used := l.used(a, row.Turn)
		row.Requests, row.Turn, row.Leases = used.Requests, used.Turn, l.leases[a.ID]
		row.Plan = a.Left(o.Model, now)
	}
	return row
}

// lease counts one more request that the account is serving. The caller holds
// l.mu.
func (l *ledger) lease(a Leased, model string) *Lease {
	l.leases[a.ID]++
	l.news.add(a.ID)
	return &Lease{Account: a, ledger: l, model: model}
}

// end counts one less. The caller holds l.mu.
func (l *ledger) end(id string) {
	if l.leases[id]--; l.leases[id] == 0 {
		delete(l.leases, id)
	}
	l.news.add(id)
}
