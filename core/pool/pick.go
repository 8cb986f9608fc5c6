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
	Prefer   []string // ids of accounts that go before the strategy's choice, the first that can serve
	// Random returns a number in [0, n); only the strategy Random needs it.
	Random func(n int) int
}

// None is why no account of a pool can serve.
type None struct {
	Reason Reason
	Until  time.Time // with CoolingDown and Paused: when the first one serves again, where that is known
	// Again is the index of the row that is worth asking all the same, with
	// NotRefreshed and Locked, of which only asking tells whether they are over; -1
	// when there is none that was not tried for the request before.
	Again int
}

// Pick returns the index of the row, of rows in pool order, that serves a
// request now; none is zero then. Without one the index is -1 and none says why: NotRefreshed if any
// of them is, else CoolingDown if any is, else Refused if any has refused this
// request, else Locked if any is, else Paused if any is, else NeedsSignIn.
func Pick(rows []Row, now time.Time, want Want) (index int, none None) {
	if i := want.preferred(rows, now); i >= 0 {
		return i, None{}
	}
	none.Again = -1
	order := want.Order()
	able := newTournament(len(rows), func(a, b int) int { return order.compare(&rows[a], &rows[b]) })
	for i := range rows {
		reason, until := want.against(&rows[i], now)
		if reason == "" {
			able.seat(i, true)
		} else {
			none.add(i, reason, until, slices.Contains(want.Not, rows[i].ID))
		}
	}
	if able.size > 0 {
		able.play()
		return want.choose(rows, able, latest(rows)), None{}
	}
	if none.Reason == "" {
		none.Reason = NeedsSignIn
	}
	return -1, none
}

// preferred returns the first of the preferred rows that can serve, -1 when none
// can.
func (w Want) preferred(rows []Row, now time.Time) int {
	for _, id := range w.Prefer {
		i := IndexOf(rows, id)
		if i < 0 {
			continue
		}
		if reason, _ := w.against(&rows[i], now); reason == "" {
			return i
		}
	}
	return -1
}

// IndexOf returns which of the rows is that of an account, -1 when none is.
func IndexOf(rows []Row, id string) int {
	for i := range rows { // rows are large, and not copied
		if rows[i].ID == id {
			return i
		}
	}
	return -1
}

// against returns what speaks against an account for the request.
func (w Want) against(r *Row, now time.Time) (Reason, time.Time) {
	reason, until := r.Why(w.Model, now)
	if reason == "" && slices.Contains(w.Not, r.ID) {
		reason = Refused
	}
	return reason, until
}

// rank orders reasons by how soon they may pass.
var rank = map[Reason]int{NotRefreshed: 5, CoolingDown: 4, Refused: 3, Locked: 2, Paused: 1}

// add keeps the reason that is likely to pass first.
func (n *None) add(index int, reason Reason, until time.Time, tried bool) {
	if rank[reason] > rank[n.Reason] {
		*n = None{Reason: reason, Until: until, Again: -1}
	}
	if reason != n.Reason {
		return
	}
	if !until.IsZero() && (n.Until.IsZero() || until.Before(n.Until)) {
		n.Until = until
	}
	if n.Again < 0 && !tried && (reason == NotRefreshed || reason == Locked) {
		n.Again = index
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
