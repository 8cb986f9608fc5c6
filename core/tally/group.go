package tally

import (
	"cmp"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/order"
)

// Group is the sum of some rows.
type Group[K comparable] struct {
	Of K
	Counts
}

// Groups sums rows up by what of says of each: by account, by program and model,
// by day. Those with the most tokens come first, then those with the most requests;
// what is equal in both stays in the order of the rows.
func Groups[K comparable](rows []Row, of func(Row) K) []Group[K] {
	var all []Group[K]
	at := map[K]int{}
	for _, row := range rows {
		k := of(row)
		i, ok := at[k]
		if !ok {
			i = len(all)
			at[k], all = i, append(all, Group[K]{Of: k})
		}
		all[i].Counts = all[i].Counts.Plus(row.Counts)
	}
	order.By(all, func(a, b Group[K]) int {
		return cmp.Or(cmp.Compare(b.Tokens(), a.Tokens()), cmp.Compare(b.Requests, a.Requests))
	})
	return all
}

// Sum is all rows together.
func Sum(rows []Row) (all Counts) {
	for _, row := range rows {
		all = all.Plus(row.Counts)
	}
	return all
}

// Day is the beginning of the day in which the row's slot begins, there.
func (r Row) Day(in *time.Location) time.Time {
	y, m, d := r.Slot.In(in).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, in)
}

// Hour is the beginning of the hour in which the row's slot begins, there.
func (r Row) Hour(in *time.Location) time.Time {
	at := r.Slot.In(in)
	return at.Add(-time.Duration(at.Minute()) * time.Minute)
}
