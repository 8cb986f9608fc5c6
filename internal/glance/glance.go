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

// Still reports whether nothing has changed since m.
func (w *Watch) Still(m Mark, now time.Time) bool { return m.holds(now) && m.is(w.look()) }

func (m Mark) holds(now time.Time) bool { return m.epoch != 0 && now.Sub(m.at).Abs() < recheck }

func (m Mark) is(epoch uint64, ok bool) bool { return ok && epoch == m.epoch }
