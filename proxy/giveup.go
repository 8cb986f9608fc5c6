package proxy

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/expiry"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// served reports whether the API did what it was asked for.
func (o *outcome) served() bool {
	return o.why == nil && o.refuse.Meaning() == pool.Nobody && o.answer != nil && o.answer.StatusCode < 300
}

// or returns which of two outcomes is the one to tell when no other account can
// serve: the later one, unless only the former has words of the provider's own.
func (o *outcome) or(later *outcome) *outcome {
	if later.why != nil && o.answer != nil && o.why == nil {
		later.discard()
		return o
	}
	o.discard()
	return later
}

func (o *outcome) discard() { discard(o.answer) }

// giveUp answers where no account is left to ask. What the provider said goes
// through as it came, whatever kept the next account from being asked; our own
// words are for where it said nothing, and for a token that it refuses.
func (x *exchange) giveUp(o *outcome, err error) (*http.Response, error) {
	if orphan := orphanIn(err); orphan != nil {
		o.discard()
		return nil, orphan
	}
	switch {
	case o.why != nil:
		if o.answer != nil {
			o.why.header = keptIDs(o.answer.Header)
			o.discard()
		}
		return nil, o.why
	case o.answer == nil:
		return nil, err
	default:
		raiseRetryAfter(o.answer, err, x.server.options.Clock.Now())
		x.server.known.withTrailer(o.answer, o.raw, o.asked)
		x.body.sent()
		return o.answer, nil
	}
}

// orphanIn is what is said of a request that no account can go on with, nil where
// err is another one.
func orphanIn(err error) *answer {
	if err == nil {
		return nil
	}
	var orphan *answer
	if errors.As(err, &orphan) && orphan.code == codeNotFoundHere {
		return orphan
	}
	return nil
}

// raiseRetryAfter tells the program not to come back before an account can
// serve: the provider knows of this account only.
func raiseRetryAfter(res *http.Response, err error, now time.Time) {
	waits := res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusServiceUnavailable || res.StatusCode == pool.StatusOverloaded
	if !waits {
		return
	}
	var ours *autherr.Error
	if !errors.As(err, &ours) || ours.RetryAfter <= 0 {
		return
	}
	if theirs := expiry.Wait(res.Header, now); theirs < ours.RetryAfter {
		res.Header.Del("Retry-After-Ms")
		res.Header.Set("Retry-After", wholeSeconds(ours.RetryAfter))
	}
}

// wholeSeconds is a time as Retry-After has it, never too short.
func wholeSeconds(d time.Duration) string { return strconv.Itoa(int(math.Ceil(d.Seconds()))) }

// keptIDs are the fields by which the provider finds a request again.
func keptIDs(from http.Header) http.Header {
	kept := http.Header{}
	for name, values := range from {
		if lower := strings.ToLower(name); strings.HasSuffix(lower, "request-id") || strings.HasSuffix(lower, "trace-id") || lower == "cf-ray" {
			kept[name] = values
		}
	}
	return kept
}
