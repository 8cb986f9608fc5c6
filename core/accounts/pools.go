package accounts

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Pool is the accounts of one provider in one region, which serve in turn for
// each other.
type Pool struct {
	pool.ID
	Name     string // "MiniMax China"
	Strategy pool.Strategy
	Members  []Member // in pool order
}

// Member is an account and where it stands in its pool.
type Member struct {
	*Account
	pool.Standing
}

// Pools returns the pools there are, in the order of their first accounts, and
// for each account whether it serves next at now, or what speaks against it.
func (s Snapshot) Pools(now time.Time) []Pool {
	var all []Pool
	at := map[pool.ID]int{}
	rows := [][]pool.Row{}
	for i := range s.Accounts {
		a := &s.Accounts[i]
		k, known := at[a.Pool()]
		if !known {
			k = len(all)
			at[a.Pool()] = k
			all = append(all, Pool{ID: a.Pool(), Name: a.ProviderName, Strategy: s.Strategies[a.Pool()].Or()})
			rows = append(rows, nil)
		}
		all[k].Members = append(all[k].Members, Member{Account: a})
		row := a.Row(now)
		row.Plan = a.Left("", now)
		rows[k] = append(rows[k], row)
	}
	for k := range all {
		for i, standing := range pool.Stand(rows[k], now, all[k].Strategy) {
			all[k].Members[i].Standing = standing
		}
	}
	return all
}

// strategies names all of them: "a, b or c".
func strategies() string {
	var names []string
	for _, s := range pool.Strategies() {
		names = append(names, string(s))
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// SetStrategy changes how the pool that name means (as in [Accounts.Select]; an
// account stands for its pool) spreads requests over its accounts.
func (as *Accounts) SetStrategy(ctx context.Context, name string, s pool.Strategy) (pool.ID, error) {
	if s.Or() != s {
		return pool.ID{}, &autherr.Error{
			Kind: autherr.Usage, Code: autherr.CodeUsage,
			Message: fmt.Sprintf("there is no strategy %q", s),
			Hint:    "use " + strategies(),
		}
	}
	found, err := as.Select(as.PoolCalled(name))
	if err != nil {
		return pool.ID{}, err
	}
	id := found[0].Pool()
	defer as.state.Changed.Ring()
	return id, as.state.Folder.UpdatePool(ctx, func(p *record.PoolFile) bool { return p.SetStrategy(id, s) })
}
