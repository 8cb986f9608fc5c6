// Package expiry reads when something ends, in every way that providers write
// it down: a life in seconds, seconds or milliseconds since 1970, a date, any
// of these in a string, or the claim inside a token.
//
// A plain number says what it is by its size, for there is no other sign:
//
//	        v < 1e9     a life in seconds, counted from the moment of asking
//	1e9  <= v < 1e12    seconds since 1970 (from 2001 on)
//	1e12 <= v           milliseconds since 1970 (from 2001 on)
//
// Whatever cannot be true is an [*Error] that names the value: nothing is
// guessed, and no result is more than ten years ahead. A caller that holds
// tokens with such an expiry keeps the tokens.
//
// All results are times of the local clock. When the sender's clock (its Date
// header) is more than [Tolerance] off ours, an absolute time is moved by the
// difference, once, here.
package expiry

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Limits of what is believed.
const (
	// Horizon is the longest life that is believed.
	Horizon = 10 * 365 * 24 * time.Hour
	// Shortest is the least life: a token that ends at once still had to be
	// issued.
	Shortest = time.Second
	// UsualLife is assumed of a token of which nothing is known.
	UsualLife = 15 * time.Minute
	// longestGuess is the longest life that is assumed of a token because the one
	// before lived as long.
	longestGuess = 24 * time.Hour
	// LongestCode is the longest life of a device code; what is longer is cut.
	LongestCode = 24 * time.Hour
)

// Where one meaning of a number ends and the next begins.
const (
	firstEpochSeconds = 1e9  // September 2001
	firstEpochMillis  = 1e12 // the same moment
)

// ErrInvalid is what every [*Error] wraps.
var ErrInvalid = errors.New("invalid expiry")

// Error says which value could not be read as an expiry, and why.
type Error struct {
	Value string // as sent, cleaned and cut to 40 characters
	Why   string // "is negative"
}

// Error implements error.
func (e *Error) Error() string {
	if e.Value == "" {
		return "the expiry " + e.Why
	}
	return fmt.Sprintf("the expiry %s %s", e.Value, e.Why)
}

// Unwrap returns [ErrInvalid].
func (e *Error) Unwrap() error { return ErrInvalid }

// Parse reads the expiry of a token. v is a number, a string, a
// [json.RawMessage], a [json.Number] or a time; x says when it was asked for
// and got. The result is in UTC. A life of 0 counts as one second. Every error
// is an [*Error].
func Parse(v any, x Exchange) (time.Time, error) {
	switch v := v.(type) {
	case json.RawMessage:
		return parseJSON(v, x)
	case json.Number:
		return parseText(v.String(), x)
	case string:
		return parseText(v, x)
	case time.Time:
		return x.absolute(v, v.Format(time.RFC3339))
	case float64:
		return parseNumber(v, strconv.FormatFloat(v, 'g', -1, 64), x)
	case int64:
		return parseNumber(float64(v), strconv.FormatInt(v, 10), x)
	case int:
		return parseNumber(float64(v), strconv.Itoa(v), x)
	case nil:
		return time.Time{}, &Error{Why: "is missing"}
	default:
		return time.Time{}, &Error{Value: shown(fmt.Sprint(v)), Why: "is not a number or a date"}
	}
}

// Ahead returns an [*Error] that names the value v, which was read as at, if at
// had passed when the answer came. A token that was issued this moment has not
// ended: one of the clocks is wrong, and nothing is known of its end.
func (x Exchange) Ahead(at time.Time, v any) error {
	if at.After(x.Received) {
		return nil
	}
	if raw, ok := v.(json.RawMessage); ok {
		v = strings.Trim(string(raw), `"`)
	}
	return &Error{Value: shown(fmt.Sprint(v)), Why: "had passed when it came: the provider's clock or this machine's is wrong"}
}

// Guess is how long a token is taken to live whose expiry cannot be read: as long
// as the one before, else [UsualLife].
func Guess(before time.Duration) time.Duration {
	if before <= 0 || before > longestGuess {
		return UsualLife
	}
	return before
}

// Deadline reads until when a device code can be approved. It takes what
// [Parse] takes; a code that claims to live longer than a day ends after one.
func Deadline(v any, x Exchange) (time.Time, error) {
	at, err := Parse(v, x)
	if err != nil {
		return time.Time{}, err
	}
	if latest := x.Received.Add(LongestCode); at.After(latest) {
		return latest.UTC().Round(0), nil
	}
	return at, nil
}

func parseJSON(raw json.RawMessage, x Exchange) (time.Time, error) {
	text := strings.TrimSpace(string(raw))
	switch {
	case text == "" || text == "null":
		return time.Time{}, &Error{Why: "is missing"}
	case text[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return time.Time{}, &Error{Value: shown(text), Why: "is not readable"}
		}
		return parseText(s, x)
	default:
		return parseText(text, x)
	}
}

func parseText(s string, x Exchange) (time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return time.Time{}, &Error{Why: "is empty"}
	}
	if strings.Trim(s, "0123456789+-.eE") == "" {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil && !errors.Is(err, strconv.ErrRange) {
			return time.Time{}, &Error{Value: shown(s), Why: "is not a number or a date"}
		}
		return parseNumber(n, s, x)
	}
	at, err := time.Parse(time.RFC3339Nano, strings.ToUpper(s))
	if err != nil {
		return time.Time{}, &Error{Value: shown(s), Why: "is not a number or a date"}
	}
	return x.absolute(at, s)
}

func parseNumber(n float64, text string, x Exchange) (time.Time, error) {
	switch {
	case math.IsNaN(n):
		return time.Time{}, &Error{Value: shown(text), Why: "is not a number"}
	case n < 0:
		return time.Time{}, &Error{Value: shown(text), Why: "is negative"}
	case n < firstEpochSeconds:
		return x.after(n, text)
	case n < firstEpochMillis:
		return x.absolute(fromSeconds(n), text)
	case n/1000 < firstEpochMillis:
		return x.absolute(fromSeconds(n/1000), text)
	default:
		return time.Time{}, &Error{Value: shown(text), Why: "is more than ten years ahead"}
	}
}

// after is a life in seconds, counted from the moment of asking.
func (x Exchange) after(seconds float64, text string) (time.Time, error) {
	if seconds > Horizon.Seconds() {
		return time.Time{}, &Error{Value: shown(text), Why: "is more than ten years ahead"}
	}
	life := time.Duration(seconds * float64(time.Second))
	return bounded(x.Sent.Add(max(life, Shortest)), text)
}

// absolute is a moment of the sender's clock.
func (x Exchange) absolute(at time.Time, text string) (time.Time, error) {
	if at.Unix() < firstEpochSeconds {
		return time.Time{}, &Error{Value: shown(text), Why: "is long past"}
	}
	if skew := x.Skew(); skew.Abs() > Tolerance {
		at = at.Add(-skew)
	}
	if at.After(x.Sent.Add(Horizon)) {
		return time.Time{}, &Error{Value: shown(text), Why: "is more than ten years ahead"}
	}
	return bounded(at, text)
}

// bounded keeps out years that no calendar prints, whatever our own clock says.
func bounded(at time.Time, text string) (time.Time, error) {
	at = at.UTC().Round(0)
	if at.Year() < 1 || at.Year() > 9999 {
		return time.Time{}, &Error{Value: shown(text), Why: "is not a date of this calendar"}
	}
	return at, nil
}

func fromSeconds(n float64) time.Time {
	whole, part := math.Modf(n)
	return time.Unix(int64(whole), int64(part*1e9))
}

func shown(s string) string { return secret.Words(s, 40) }
