package pool

import (
	"slices"
	"time"
)

// Want is what a request asks of the account that serves it, and how the pool
// chooses.
type Want struct {
	Strategy Strategy // empty: FillFirst
	Model    string   // that the request names; empty when it names none
	Not      []string // ids of accounts that have refused the request
	// Random returns a number in [0, n); only the strategy Random needs it.
	Random func(n int) int
}

// None is why no account of a pool can serve.
type None struct {
	Reason Reason
	Until  time.Time // with CoolingDown: when the first one serves again
}

// Pick returns the index of the row, of rows in pool order, that serves a
// request now. Without one the index is -1 and none says why: CoolingDown if any
// of them is, else Refused if any has refused this request, else Locked if any
// is, else NeedsSignIn.
func Pick(rows []Row, now time.Time, want Want) (index int, none None) {
	var free []int
	for i := range rows {
		reason, until := rows[i].Why(want.Model, now)
		switch {
		case reason == "" && slices.Contains(want.Not, rows[i].ID):
			none.add(Refused, until)
		case reason != "":
			none.add(reason, until)
		case want.Strategy.Or() == FillFirst:
			return i, None{}
		default:
			free = append(free, i)
		}
	}
	if len(free) > 0 {
		return want.Strategy.choose(rows, free, want.Random), None{}
	}
	if none.Reason == "" {
		none.Reason = NeedsSignIn
	}
	return -1, none
}

// rank orders reasons by how soon they may pass.
var rank = map[Reason]int{CoolingDown: 3, Refused: 2, Locked: 1}

// add keeps the reason that is likely to pass first.
func (n *None) add(reason Reason, until time.Time) {
	switch {
	case rank[reason] > rank[n.Reason]:
		*n = None{reason, until}
	case reason == CoolingDown && until.Before(n.Until):
		n.Until = until
	}
}

// Standing is where an account stands in its pool.
type Standing struct {
	// Next: it serves the next request. With the strategy Random that is true of
	// all that can.
	Next   bool
	Reason Reason    // why it cannot serve; empty when it can
	Until  time.Time // when it serves again, where that is known
}

// Stand returns where each of the rows stands for a request that names no model.
func Stand(rows []Row, now time.Time, s Strategy) []Standing {
	all := make([]Standing, len(rows))
	for i := range rows {
		all[i].Reason, all[i].Until = rows[i].Why("", now)
		all[i].Next = s == Random && all[i].Reason == ""
	}
	if s != Random {
		if next, _ := Pick(rows, now, Want{Strategy: s}); next >= 0 {
			all[next].Next = true
		}
	}
	return all
}
