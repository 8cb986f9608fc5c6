package pool

import (
	"cmp"
	"slices"
	"strings"
)

// Strategy is how a pool spreads requests over those of its accounts that can
// serve.
type Strategy string

// The strategies; the first four are named as in hermes-agent.
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
	// MostLeft takes the account whose tightest window is used least.
	MostLeft Strategy = "most_left"
	// SoonestReset takes the account whose plan begins anew first, so that nothing
	// of it expires unused, and stays with it for a while.
	SoonestReset Strategy = "soonest_reset"
)

// Strategies are all of them, the default first.
func Strategies() []Strategy {
	return []Strategy{FillFirst, RoundRobin, Random, LeastUsed, MostLeft, SoonestReset}
}

// Or returns the strategy, or FillFirst if there is none of this name.
func (s Strategy) Or() Strategy {
	if slices.Contains(Strategies(), s) {
		return s
	}
	return FillFirst
}

// Words returns the strategy as a person reads it: "fill first".
func (s Strategy) Words() string { return strings.ReplaceAll(string(s), "_", " ") }

// Rule says whom the strategy takes, after "takes": "any that can serve".
func (s Strategy) Rule() string {
	switch s {
	case RoundRobin:
		return "the one whose last turn is longest ago"
	case Random:
		return "any that can serve"
	case LeastUsed:
		return "the one that has served the fewest requests"
	case MostLeft:
		return "the one with the most left of its plan"
	case SoonestReset:
		return "the one whose plan begins anew first"
	default:
		return "the first that can serve; the others are kept for later"
	}
}

// compare tells which of two rows that can serve goes first. Of those that are equal it
// is the first in pool order, or any where chance decides.
func (o Order) compare(a, b *Row) int {
	switch o.Strategy {
	case RoundRobin:
		return cmp.Or(cmp.Compare(a.Leases, b.Leases), compareTurns(a, b))
	case Random:
		return cmp.Compare(a.Leases, b.Leases)
	case LeastUsed:
		return cmp.Or(cmp.Compare(a.Leases, b.Leases), cmp.Compare(a.Requests, b.Requests))
	case MostLeft:
		return cmp.Or(cmp.Compare(a.Plan.used(), b.Plan.used()), cmp.Compare(a.Leases, b.Leases), cmp.Compare(a.Requests, b.Requests))
	case SoonestReset:
		return cmp.Or(cmp.Compare(o.class(a), o.class(b)), a.Plan.before(b.Plan))
	default:
		return 0
	}
}

func compareTurns(a, b *Row) int { return cmp.Compare(a.Turn, b.Turn) }

// choose returns the row that serves among those that can, of which there is at least
// one; latest is the one that had the last turn, -1 where none had any.
func (w Want) choose(rows []Row, able *tournament, latest int) int {
	first := able.first()
	switch {
	case w.Strategy == Random:
		return able.tied(w.Random(able.ties()))
	case w.Strategy == SoonestReset && able.has(latest) && w.Order().stays(&rows[latest], &rows[first]):
		return latest
	default:
		return first
	}
}

// takesTurn reports whether the row at index, which was picked, thereby has a turn
// that the next pick has to know of: each has one with RoundRobin, and with
// SoonestReset one that the strategy chose and that had not the last one.
func (w Want) takesTurn(rows []Row, index, latest int) bool {
	if w.Strategy != SoonestReset {
		return w.Strategy == RoundRobin
	}
	return latest != index && !slices.Contains(w.Prefer, rows[index].ID)
}

// latest is the index of the row that had the last turn, -1 where none had any.
func latest(rows []Row) int {
	last := -1
	for i := range rows {
		if rows[i].Turn > 0 && (last < 0 || rows[i].Turn > rows[last].Turn) {
			last = i
		}
	}
	return last
}
