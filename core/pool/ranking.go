package pool

import "time"

// Order is what of a [Want] tells in which order rows serve.
type Order struct {
	Strategy Strategy
	Model    string
	Moves    bool // a conversation that has left its account goes where it can stay
}

// Order returns the order of the rows for a request.
func (w Want) Order() Order {
	s := w.Strategy.Or()
	return Order{Strategy: s, Model: w.Model, Moves: s == SoonestReset && len(w.Prefer) > 0}
}

// Ranking is rows in one order, which are looked at one by one as they change: among
// thousands a choice then takes a few comparisons. Its answers are those of [Pick].
type Ranking struct {
	order  Order
	source Source
	now    time.Time
	rows   []Row
	able   *tournament // those that can serve, by the order
	turns  *tournament // those that had a turn, the latest first
	due    *tournament // those that time changes, by when
}

// Source is what a ranking is made of.
type Source struct {
	Rows int
	At   func(id string) (index int, there bool)
	// Row returns a row as it is at now, and says in [Row.Changes] how long it is so.
	Row func(index int, now time.Time) Row
}

// Rank returns the ranking of the rows of a source.
func (o Order) Rank(from Source, now time.Time) *Ranking {
	r := &Ranking{order: o, source: from, rows: make([]Row, from.Rows)}
	among := func(compare func(a, b *Row) int) *tournament {
		return newTournament(len(r.rows), func(a, b int) int { return compare(&r.rows[a], &r.rows[b]) })
	}
	r.able = among(o.compare)
	r.turns = among(func(a, b *Row) int { return compareTurns(b, a) })
	r.due = among(func(a, b *Row) int { return a.Changes.Compare(b.Changes) })
	r.renew(now)
	return r
}

// renew makes all rows anew.
func (r *Ranking) renew(now time.Time) {
	r.now = now
	for i := range r.rows {
		r.make(i, (*tournament).seat)
	}
	for _, t := range []*tournament{r.able, r.turns, r.due} {
		t.play()
	}
}

// make makes a row anew, and puts it into the tournaments.
func (r *Ranking) make(i int, put func(t *tournament, i int, in bool)) {
	row := &r.rows[i]
	*row = r.source.Row(i, r.now)
	reason, _ := row.Why(r.order.Model, r.now)
	put(r.able, i, reason == "")
	put(r.turns, i, row.Turn > 0)
	put(r.due, i, row.Changes.After(r.now))
}

// Advance brings the ranking up to a moment. Where the clock was set back everything is
// made anew.
func (r *Ranking) Advance(now time.Time) {
	if now.Before(r.now) {
		r.renew(now)
	}
	r.now = now
	for i := r.due.first(); i >= 0 && !now.Before(r.rows[i].Changes); i = r.due.first() {
		r.make(i, (*tournament).set)
	}
}

// Changed makes the row of an account anew, of which something else than the time has
// changed.
func (r *Ranking) Changed(id string) {
	if i, there := r.source.At(id); there {
		r.make(i, (*tournament).set)
	}
}

// ChangedAll makes all rows anew.
func (r *Ranking) ChangedAll() { r.renew(r.now) }

// Pick is [Pick] for a request in this order, at the moment of the last Advance.
// others says that another row could serve as well.
func (r *Ranking) Pick(want Want) (index int, others bool, none None) {
	refused := r.without(want.Not)
	defer r.putBack(refused)
	switch r.able.size {
	case 0:
		index, none = Pick(r.rows, r.now, want)
	default:
		index, others = r.choose(want), r.able.size > 1
	}
	return index, others, none
}

// choose returns the row that serves where one can.
func (r *Ranking) choose(want Want) int {
	for _, id := range want.Prefer {
		if i, there := r.source.At(id); there && r.able.has(i) {
			return i
		}
	}
	return want.choose(r.rows, r.able, r.turns.first())
}

// without takes those out that could serve and have these ids, and returns which they are.
func (r *Ranking) without(ids []string) (out []int) {
	for _, id := range ids {
		if i, there := r.source.At(id); there && r.able.has(i) {
			r.able.set(i, false)
			out = append(out, i)
		}
	}
	return out
}

func (r *Ranking) putBack(out []int) {
	for _, i := range out {
		r.able.set(i, true)
	}
}

// Turn returns the number of the turn that a row has by being picked, the highest of
// all, 0 where it has none.
func (r *Ranking) Turn(index int, want Want) (number uint64) {
	last := r.turns.first()
	if !want.takesTurn(r.rows, index, last) {
		return 0
	}
	if last < 0 {
		return 1
	}
	return r.rows[last].Turn + 1
}
