package pool

import (
	"cmp"
	"slices"
	"time"
)

// Plan is what is known of an account's plan.
type Plan struct {
	Used   float64   // percent, of the window of which least is left
	Told   bool      // else Used is not known
	Resets time.Time // when its longest window begins anew; zero: not known
}

const (
	// halfUsed is what a plan of which nothing is known counts as.
	halfUsed = 50
	// NearlyOut is from how many percent of use on an account goes last, so that
	// another one serves before it has to refuse.
	NearlyOut = 98
	// stayUpTo is the percentage of use up to which SoonestReset stays with an
	// account, whose cache knows the conversations.
	stayUpTo = 90
	// worthIt is by how many points less another one must be used for
	// SoonestReset to leave the account for it.
	worthIt = 5
)

func (p Plan) used() float64 {
	if p.Told {
		return p.Used
	}
	return halfUsed
}

// before compares the moments at which two plans begin anew. One that is not
// known is later than all.
func (p Plan) before(o Plan) int {
	switch {
	case p.Resets.IsZero() || o.Resets.IsZero():
		return cmp.Compare(boolean(p.Resets.IsZero()), boolean(o.Resets.IsZero()))
	default:
		return p.Resets.Compare(o.Resets)
	}
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// usedLess leaves the rows that are used less than that, or all where none is.
func usedLess(than float64, rows []Row, free []int) []int {
	less := slices.DeleteFunc(slices.Clone(free), func(i int) bool { return rows[i].Plan.used() >= than })
	if len(less) == 0 {
		return free
	}
	return less
}

// mostLeft returns the least used row; of several the one that serves the fewest
// requests now, then the one that has served the fewest.
func mostLeft(rows []Row, free []int) int {
	return slices.MinFunc(free, func(a, b int) int {
		return cmp.Or(
			by(rows, func(r *Row) float64 { return r.Plan.used() })(a, b),
			by(rows, func(r *Row) int { return r.Leases })(a, b),
			by(rows, func(r *Row) uint64 { return r.Requests })(a, b),
		)
	})
}

// soonestReset returns the row whose plan begins anew first, or the one that had
// the last turn, as long as that has enough left.
func soonestReset(rows []Row, free []int) int {
	free = usedLess(NearlyOut, rows, free)
	first := slices.MinFunc(free, func(a, b int) int { return rows[a].Plan.before(rows[b].Plan) })
	now := latest(rows)
	if !slices.Contains(free, now) {
		return first
	}
	used := rows[now].Plan.used()
	if used < stayUpTo || used-rows[first].Plan.used() < worthIt {
		return now
	}
	return first
}
