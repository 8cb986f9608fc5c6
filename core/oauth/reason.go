package oauth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hermes-tui/hermes-tui/core/expiry"
)

// reason says in a few words why nothing was learnt from a poll.
func (s speaker) reason(r *reply) string {
	switch {
	case errors.Is(r.err, context.Canceled):
		return ""
	case errors.Is(r.err, errHost):
		return s.name + " pointed to a place that is not allowed"
	case errors.Is(r.err, context.DeadlineExceeded):
		return s.name + " did not answer in time"
	case r.delivery == undelivered, r.delivery == deflected:
		return s.name + " could not be reached"
	case r.delivery == lost:
		return "the connection to " + s.name + " was lost"
	case r.status == 429:
		return s.name + " asked to wait (too many requests, 429)"
	case r.walled():
		return "a firewall in front of " + s.name + " stopped the request"
	case r.ok():
		return s.name + " sent an answer that cannot be read"
	case r.status/100 == 3, parseProblem(r).page && !transient(r):
		return s.name + " sent a web page instead of an answer"
	default:
		return fmt.Sprintf("%s has trouble (%d)", s.name, r.status)
	}
}

// longestRetryAfter bounds what a provider may ask for.
const longestRetryAfter = 24 * time.Hour

// retryAfter is what the answer asked for, zero when nothing.
func (r *reply) retryAfter() time.Duration {
	if r.delivery != answered {
		return 0
	}
	return min(expiry.Wait(r.header, r.exchange.Received), longestRetryAfter)
}
