package consent

import (
	"fmt"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Verdict is what a person says to a program that asks.
type Verdict string

// The verdicts.
const (
	Once   Verdict = "once"   // for this run, or this request
	Day    Verdict = "day"    // for 24 hours
	Always Verdict = "always" // until it is forgotten
	No     Verdict = "no"     // refused, and not asked about again for ten minutes
)

// RefusedFor is how long a refusal is remembered, dayTime how long [Day].
const (
	RefusedFor = 10 * time.Minute
	dayTime    = 24 * time.Hour
)

// valid reports whether there is such a verdict.
func (v Verdict) valid() bool { return v == Once || v == Day || v == Always || v == No }

// Allows reports whether the program gets a token.
func (v Verdict) Allows() bool { return v == Once || v == Day || v == Always }

// Words say for how long: "for a day".
func (v Verdict) Words() string {
	switch v {
	case Day:
		return "for a day"
	case No:
		return "refused"
	default:
		return string(v)
	}
}

// until is when a verdict given at now ends; zero for never. remembered is false
// for one that nobody remembers.
func (v Verdict) until(now time.Time) (end time.Time, remembered bool) {
	switch v {
	case Day:
		return now.Add(dayTime), true
	case No:
		return now.Add(RefusedFor), true
	default:
		return time.Time{}, v == Always
	}
}

// NotConfirmed is what [errors.Is] finds in every refusal.
var NotConfirmed = &autherr.Error{Code: autherr.CodeNotConfirmed}

// refusal is the error of a program that gets no token.
func refusal(hint, format string, args ...any) error {
	return &autherr.Error{Code: autherr.CodeNotConfirmed, Message: fmt.Sprintf(format, args...), Hint: hint}
}
