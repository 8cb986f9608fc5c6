package tui

import (
	"cmp"
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/internal/order"
)

// span is a time of which it is told who used what.
type span int

const (
	lastHour span = iota
	today
	spans
)

func (s span) other() span { return spans - 1 - s }

func (s span) words() string { return [spans]string{"last hour", "today"}[s] }

// when completes "12 requests …".
func (s span) when() string { return [spans]string{"in the last hour", "today"}[s] }

// since is when the first of the span's slots can begin. The last hour begins with
// the twenty minutes in which it began.
func (s span) since(now time.Time, in *time.Location) time.Time {
	if s == today {
		return tally.Row{Slot: now}.Day(in)
	}
	return now.Add(1 - time.Hour - tally.SlotLength)
}

// has says whether a row is of the span, as of now.
func (s span) has(r tally.Row, now time.Time, in *time.Location) bool {
	return !r.Slot.Before(s.since(now, in))
}

// topKey is an account and a program.
type topKey struct{ Account, Program string }

// topRow is what a program used of an account in each span.
type topRow struct {
	topKey
	in [spans]tally.Counts
}

// topRows are those of whom something was counted in one of the spans: who used
// most tokens in the first comes first, then who made most requests; then as in the
// other one.
func topRows(of map[string][]tally.Row, now time.Time, in *time.Location, first span) []topRow {
	var since [spans]time.Time
	for s := range since {
		since[s] = span(s).since(now, in)
	}
	at := map[topKey]int{}
	var all []topRow
	for account, rows := range of {
		for _, row := range rows {
			if row.Requests == 0 && row.Refused == 0 {
				continue // a token that a program was given is no request: the details tell of it
			}
			for s, begin := range since {
				if row.Slot.Before(begin) {
					continue
				}
				key := topKey{account, row.Program}
				i, ok := at[key]
				if !ok {
					i = len(all)
					at[key], all = i, append(all, topRow{topKey: key})
				}
				all[i].in[s] = all[i].in[s].Plus(row.Counts)
			}
		}
	}
	more := func(a, b tally.Counts) int {
		return cmp.Or(cmp.Compare(b.Tokens(), a.Tokens()), cmp.Compare(b.Requests, a.Requests), cmp.Compare(b.Refused, a.Refused))
	}
	order.By(all, func(a, b topRow) int {
		return cmp.Or(more(a.in[first], b.in[first]), more(a.in[first.other()], b.in[first.other()]),
			cmp.Compare(a.Account, b.Account), cmp.Compare(a.Program, b.Program))
	})
	return all
}
