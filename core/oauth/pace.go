package oauth

import "time"

// How polls are paced.
const (
	slowDownStep = 5 * time.Second // RFC 8628 section 3.5
	firstBackoff = 2 * time.Second
	lastBackoff  = 30 * time.Second
	// longestNamed is the longest pause between polls that is believed of a
	// Retry-After: a code lives for minutes, and a person has just approved it.
	longestNamed = 2 * time.Minute
)

// Pace says how long to wait between the polls of one sign-in. The first poll
// is due at once; after each one, [Pace.Next] has the wait until the next. It
// reads no clock: what it says follows from the answers and the jitter alone.
type Pace struct {
	interval time.Duration
	troubles int // polls in a row from which nothing was learnt
	jitter   func() float64
}

// NewPace returns the pace of a sign-in. jitter returns random numbers in
// [0, 1).
func NewPace(code *DeviceCode, jitter func() float64) *Pace {
	return &Pace{interval: max(code.Interval, shortestInterval), jitter: jitter}
}

// Next returns how long to wait after answer a, and why that is longer than
// usual (empty when it is not). The caller bounds it by the code's deadline.
//
//   - not approved yet: the interval;
//   - slow_down: the interval grows by 5 s for good;
//   - the provider named a time (Retry-After): no less than that, unless it is
//     longer than two minutes, which counts as unnamed;
//   - nothing was learnt: 2, 4, 8, 16, then 30 s, each a fifth more or less,
//     and never less than the interval.
func (p *Pace) Next(a Answer) (wait time.Duration, reason string) {
	if a.SlowDown {
		p.interval += slowDownStep
	}
	wait = p.interval
	if a.Outcome == Pending {
		p.troubles = 0
	} else {
		wait = max(wait, p.backoff())
		p.troubles++
	}
	if a.RetryAfter <= longestNamed {
		wait = max(wait, a.RetryAfter)
	}
	return wait, a.Reason
}

// backoff is the pause after another trouble.
func (p *Pace) backoff() time.Duration {
	base := lastBackoff
	if p.troubles < 4 {
		base = firstBackoff << p.troubles
	}
	return time.Duration(float64(base) * (0.8 + 0.4*p.jitter()))
}
