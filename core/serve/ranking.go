package serve

import (
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
)

// mostRanked bounds the rows in all rankings of a selection, of which there may be one
// more: a row takes about 400 bytes.
const mostRanked = 100_000

// ranking is a selection in the order of a strategy, between one choice and the next.
type ranking struct {
	*pool.Ranking
	known uint64 // how much of the ledger's news it knows
}

// ranked returns a selection in an order, as it is at now. The caller holds l.mu.
func (l *ledger) ranked(s *selection, o pool.Order, now time.Time) *pool.Ranking {
	if !s.limits(o.Model) {
		o.Model = ""
	}
	r := s.rankings[o]
	if r == nil {
		for other := range s.rankings {
			if len(s.rankings)*len(s.found) < mostRanked {
				break
			}
			delete(s.rankings, other)
		}
		r = &ranking{o.Rank(l.source(s, o), now), l.news.count}
		s.rankings[o] = r
	}
	r.Advance(now)
	if o.Strategy != pool.FillFirst { // which looks at no number
		r.follow(&l.news)
	}
	return r.Ranking
}

// limits reports whether one of the accounts has limits of its own for a model. To all
// others any model is like none.
func (s *selection) limits(model string) bool {
	for limited := range s.models {
		if strings.EqualFold(limited, model) {
			return true
		}
	}
	return false
}

// source is where the rows of a selection come from.
func (l *ledger) source(s *selection, o pool.Order) pool.Source {
	return pool.Source{
		Rows: len(s.found),
		At: func(id string) (int, bool) {
			i, there := s.at[id]
			return i, there
		},
		Row: func(i int, now time.Time) pool.Row {
			row := l.row(&s.found[i], o, now)
			if s.called {
				row.Paused = pool.Pause{}
			}
			return row
		},
	}
}

// follow makes the rows anew whose numbers have changed.
func (r *ranking) follow(n *news) {
	if n.count-r.known > uint64(len(n.ids)) {
		r.ChangedAll()
		r.known = n.count
	}
	for ; r.known < n.count; r.known++ {
		if id := n.id(r.known); r.known+1 == n.count || id != n.id(r.known+1) {
			r.Changed(id)
		}
	}
}

// news is whose numbers have changed, as far as the latest are concerned.
type news struct {
	ids   [1024]string
	count uint64 // all that there have been
}

func (n *news) add(id string) {
	n.ids[n.count%uint64(len(n.ids))] = id
	n.count++
}

func (n *news) id(number uint64) string { return n.ids[number%uint64(len(n.ids))] }
