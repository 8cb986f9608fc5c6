package tui

import (
	"cmp"
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
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

// has says whether a row is of the span, as of now. The last hour begins with the
// twenty minutes in which it began.
func (s span) has(r tally.Row, now time.Time, in *time.Location) bool {
	if s == today {
		return r.Day(in).Equal(tally.Row{Slot: now}.Day(in))
	}
	return r.Slot.Add(tally.SlotLength).After(now.Add(-time.Hour))
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
func topRows(rows []tally.Row, now time.Time, in *time.Location, first span) []topRow {
	at := map[topKey]int{}
	var all []topRow
	for s := range spans {
		of := slices.DeleteFunc(slices.Clone(rows), func(r tally.Row) bool { return !s.has(r, now, in) })
		for _, g := range tally.Groups(of, func(r tally.Row) topKey { return topKey{r.Account, r.Program} }) {
			i, ok := at[g.Of]
			if !ok {
				i = len(all)
				at[g.Of], all = i, append(all, topRow{topKey: g.Of})
			}
			all[i].in[s] = g.Counts
		}
	}
	more := func(a, b tally.Counts) int {
		return cmp.Or(cmp.Compare(b.Tokens(), a.Tokens()), cmp.Compare(b.Requests, a.Requests), cmp.Compare(b.Refused, a.Refused))
	}
	slices.SortFunc(all, func(a, b topRow) int {
		return cmp.Or(more(a.in[first], b.in[first]), more(a.in[first.other()], b.in[first.other()]),
			cmp.Compare(a.Account, b.Account), cmp.Compare(a.Program, b.Program))
	})
	return all
}
