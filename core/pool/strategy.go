package pool

import (
	"cmp"
	"slices"
)

// Strategy is how a pool spreads requests over those of its accounts that can
// serve.
type Strategy string

// The strategies, named as in hermes-agent. All but FillFirst prefer accounts
// that serve the fewest requests right now.
const (
	// FillFirst always takes the first account in pool order, so that the others
	// are kept for when it cannot serve, and a conversation stays with the
	// account whose cache knows it.
	FillFirst Strategy = "fill_first"
	// RoundRobin takes the account whose last turn is longest ago.
	RoundRobin Strategy = "round_robin"
	// Random takes any.
	Random Strategy = "random"
	// LeastUsed takes the account that has served the fewest requests.
	LeastUsed Strategy = "least_used"
)

// Strategies are all of them, the default first.
func Strategies() []Strategy { return []Strategy{FillFirst, RoundRobin, Random, LeastUsed} }

// Or returns the strategy, or FillFirst if there is none of this name.
func (s Strategy) Or() Strategy {
	if slices.Contains(Strategies(), s) {
		return s
	}
	return FillFirst
}

// choose returns the row that serves among those that can, given as indices in
// pool order, of which there is at least one. FillFirst has chosen before.
func (s Strategy) choose(rows []Row, free []int, random func(n int) int) int {
	fewest := rows[slices.MinFunc(free, by(rows, func(r *Row) int { return r.Leases }))].Leases
	free = slices.DeleteFunc(free, func(i int) bool { return rows[i].Leases > fewest })
	switch s {
	case Random:
		return free[random(len(free))]
	case LeastUsed:
		return slices.MinFunc(free, by(rows, func(r *Row) uint64 { return r.Requests }))
	default:
		return slices.MinFunc(free, by(rows, func(r *Row) uint64 { return r.Turn }))
	}
}

// by compares rows, given as indices, by a number.
func by[N cmp.Ordered](rows []Row, number func(*Row) N) func(a, b int) int {
	return func(a, b int) int { return cmp.Compare(number(&rows[a]), number(&rows[b])) }
}
