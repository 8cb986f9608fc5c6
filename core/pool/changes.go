package pool

import "time"

// Soonest returns the first of the moments that are after now; zero: none is.
func Soonest(now time.Time, moments ...time.Time) (first time.Time) {
	for _, at := range moments {
		if at.After(now) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first
}

// Changes returns when [Cooldown.Holds] says something else, the first such moment after
// now; zero: never.
func (c Cooldown) Changes(now time.Time) time.Time {
	return Soonest(now, c.At.Add(-drift), c.Until)
}

// Changes returns when one of the cool-downs begins or ends to hold, the first such
// moment after now; zero: never.
func (l Limits) Changes(now time.Time) time.Time {
	first := l.Cooldown.Changes(now)
	for _, one := range l.Models {
		first = Soonest(now, first, one.Changes(now))
	}
	return first
}
