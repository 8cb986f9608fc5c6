// Package glance tells whether anything in some folders has changed since a moment,
// for less than it costs to look at a file there. Whoever keeps what a file says
// looks at the file again only when the answer is no longer that nothing has.
//
// Where the system cannot tell, the answer is always that something may have changed.
package glance

import "time"

// recheck is how long a moment is believed in: a folder further up that was moved
// away tells nobody.
const recheck = time.Second

// Mark is a moment. The zero value is one since which anything may have changed.
type Mark struct {
	epoch uint64 // 0: not known
	at    time.Time
}

// Mark returns the present moment. Look at files behind it: what changes in between
// is then noticed.
func (w *Watch) Mark(now time.Time) Mark {
	epoch, ok := w.look()
	if !ok {
		return Mark{}
	}
	return Mark{epoch, now}
}

// Still reports whether nothing has changed between m and a later moment.
func (m Mark) Still(later Mark) bool {
	return m.epoch != 0 && m.epoch == later.epoch && later.at.Sub(m.at).Abs() < recheck
}

// Or returns m, and the present moment where m is none.
func (m Mark) Or(w *Watch, now time.Time) Mark {
	if m.epoch != 0 {
		return m
	}
	return w.Mark(now)
}
