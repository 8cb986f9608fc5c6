package oauth

import "time"

// How polls are paced.
const (
	slowDownStep = 5 * time.Second // RFC 8628 section 3.5
	firstBackoff = 2 * time.Second
	lastBackoff  = 30 * time.Second
)

// Pace says when to poll next. The first poll is due at once; after each one,
// [Pace.Next] has the moment of the next. It is a value without a clock: what
// it says follows from its arguments alone.
type Pace struct {
	interval time.Duration
	deadline time.Time
	troubles int // polls in a row from which nothing was learnt
}

// NewPace returns the pace of a sign-in.
func NewPace(code *DeviceCode) Pace {
	return Pace{interval: max(code.Interval, shortestInterval), deadline: code.ExpiresAt}
}

// Over reports whether the code has expired at now, so that polling ends.
func (p Pace) Over(now time.Time) bool { return !now.Before(p.deadline) }

// Next returns the pace after answer a, which came at now, when to poll next,
// and why that is later than usual (empty when it is not). jitter is a random
// number in [0, 1).
//
//   - not approved yet: after the interval;
//   - slow_down: the interval grows by 5 s for good;
//   - the provider named a time (Retry-After): not before it;
//   - nothing was learnt: after 2, 4, 8, 16, then 30 s, each a fifth more or
//     less, and never sooner than the interval.
//
// Nothing is due after the deadline: the moment is then the deadline itself,
// when the caller finds the sign-in [Pace.Over].
func (p Pace) Next(a Answer, now time.Time, jitter float64) (next Pace, at time.Time, reason string) {
	if a.SlowDown {
		p.interval += slowDownStep
	}
	wait := p.interval
	if a.Outcome == Pending {
		p.troubles = 0
	} else {
		wait = max(wait, backoff(p.troubles, jitter))
		p.troubles++
	}
	wait = max(wait, a.RetryAfter)
	if at = now.Add(wait); at.After(p.deadline) {
		at = p.deadline
	}
	if wait > p.interval || a.SlowDown || a.Outcome != Pending {
		reason = a.Reason
	}
	return p, at, reason
}

// backoff is the pause after n troubles before this one.
func backoff(n int, jitter float64) time.Duration {
	base := lastBackoff
	if n < 4 {
		base = min(firstBackoff<<n, lastBackoff)
	}
	return time.Duration(float64(base) * (0.8 + 0.4*jitter))
}
