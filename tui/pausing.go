package tui

import "time"

// How long a person has to leave the keys alone before something that opened by
// itself takes them, and how long it waits for that at most where a key does no
// harm.
const (
	pause    = 500 * time.Millisecond
	maxPause = 1500 * time.Millisecond
)

// pausing is part of what opens by itself: it ignores keys until the person has
// paused, so that a key meant for something else does nothing.
type pausing struct {
	deaf   time.Time // keys are ignored until then
	latest time.Time // deaf never goes beyond; zero: it waits for a pause as long as that takes
}

func pauseFrom(now time.Time) pausing { return pausing{now.Add(pause), now.Add(maxPause)} }

// hears says whether a key is meant for what has opened.
func (p *pausing) hears(now time.Time) bool {
	if !now.Before(p.deaf) {
		return true
	}
	p.deaf = now.Add(pause)
	if !p.latest.IsZero() && p.deaf.After(p.latest) {
		p.deaf = p.latest
	}
	return false
}
