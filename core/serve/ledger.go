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
}

// count notes a hand-out. It is written within a second, or by Close.
func (l *ledger) count(id string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.usage[id] = l.usage[id].Plus(record.Usage{Requests: 1, LastUsed: now})
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

// rows is the accounts as the rules see them, with what this process knows
// better than the files where the strategy looks at it. The caller then holds
// l.mu.
func (l *ledger) rows(members []accounts.Account, want pool.Want, now time.Time) []pool.Row {
	all := make([]pool.Row, len(members))
	for i := range members {
		all[i] = members[i].Row(now)
		if want.Strategy.Or() != pool.FillFirst {
			used := l.used(&members[i], all[i].Turn)
			all[i].Requests, all[i].Turn, all[i].Leases = used.Requests, used.Turn, l.leases[all[i].ID]
			all[i].Plan = members[i].Left(want.Model, now)
		}
	}
	return all
}

// takeTurn gives one of the rows, which say what was used up to now, the latest turn of all. The caller holds
// l.mu.
func (l *ledger) takeTurn(rows []pool.Row, index int) {
	var last uint64
	for i := range rows {
		last = max(last, rows[i].Turn)
	}
	id := rows[index].ID
	l.usage[id] = l.usage[id].Plus(record.Usage{Turn: last + 1})
}

// lease counts one more request that the account is serving. The caller holds
// l.mu.
func (l *ledger) lease(a accounts.Account, model string) *Lease {
	l.leases[a.ID]++
	return &Lease{Account: a, ledger: l, model: model}
}

// end counts one less. The caller holds l.mu.
func (l *ledger) end(id string) {
	if l.leases[id]--; l.leases[id] == 0 {
		delete(l.leases, id)
	}
}
