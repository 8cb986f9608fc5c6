package pool

import "time"

// Front is what is known of the beginning of a pool while its rows change by time
// alone: the first so many cannot serve requests for a model before a moment. The zero
// value knows nothing.
type Front struct {
	model       string
	rows        int
	since, till time.Time
}

// First is [Pick] with the strategy FillFirst, for a pool of n rows that are looked at
// one by one, as far as needed: of thousands of which the first can serve two are. others
// says that another one could serve as well. Where none can, the index is -1, and Pick
// says why.
func (f *Front) First(n int, row func(int) Row, preferred []int, now time.Time, want Want) (index int, others bool) {
	index = -1
	serves := func(i int) bool {
		r := row(i)
		reason, _ := want.against(&r, now)
		return reason == ""
	}
	for _, i := range preferred {
		if index < 0 && serves(i) {
			index = i
		}
	}
	for i := f.skip(n, row, now, want); i < n; i++ {
		switch {
		case i == index || !serves(i):
		case index < 0:
			index = i
		default:
			return index, true
		}
	}
	return index, false
}

// skip is how many rows at the beginning cannot serve, whoever asks for the model.
func (f *Front) skip(n int, row func(int) Row, now time.Time, want Want) int {
	if f.model != want.Model || now.Before(f.since) || !now.Before(f.till) {
		*f = Front{model: want.Model, since: now, till: now.Add(frontLasts)}
	}
	for f.rows < n {
		r := row(f.rows)
		reason, until := r.Why(want.Model, now)
		if reason == "" || reason == NotRefreshed { // of which time alone does not tell the end
			break
		}
		if !until.IsZero() && until.Before(f.till) {
			f.till = until
		}
		f.rows++
	}
	return f.rows
}

// frontLasts is for how long a front is believed in.
const frontLasts = time.Minute
