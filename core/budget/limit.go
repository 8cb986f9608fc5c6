// Package budget bounds what a program may use through its local key: so many
// requests or tokens in an hour, a day or a week.
//
//   - limit.go is what a limit says ("200k-tokens/day").
//   - book.go is what is kept of one key, and the rules: what a request reserves
//     before it is sent, what it is charged when it has ended.
//   - books.go keeps a book for each key in the state folder, which every process
//     shares. It holds no secret.
//
// A time begins with the first request in it. While others are under way a request
// is let through only if all together stay within the limit whatever they use, so
// that of requests side by side at most one goes beyond it.
package budget

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// Unit is what a limit counts.
type Unit string

// The units. Tokens are those that went in, from a cache or not, and those that
// came out.
const (
	Requests Unit = "requests"
	Tokens   Unit = "tokens"
)

// Limit is how much may be used in a time.
type Limit struct {
	Most uint64
	Of   Unit
	In   time.Duration // an hour, a day or a week
}

// periods are the times that a limit may have.
var periods = [...]struct {
	name string
	long time.Duration
}{{"hour", time.Hour}, {"day", 24 * time.Hour}, {"week", 7 * 24 * time.Hour}}

// mostOf bounds a limit: beyond it, sums could run over.
const mostOf = 1e15

// Parse reads a limit: "50-requests/hour", "200k-tokens/day", "3M-tokens/week".
func Parse(text string) (Limit, error) {
	number, rest, _ := strings.Cut(text, "-")
	unit, period, _ := strings.Cut(rest, "/")
	l := Limit{Of: Unit(unit)}
	factor := 1.0
	switch {
	case strings.HasSuffix(number, "k"):
		number, factor = strings.TrimSuffix(number, "k"), 1e3
	case strings.HasSuffix(number, "M"):
		number, factor = strings.TrimSuffix(number, "M"), 1e6
	}
	for _, p := range periods {
		if p.name == period {
			l.In = p.long
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	plain := strings.Trim(number, "0123456789.") == "" && number != ""
	if n *= factor; err != nil || !plain || n < 1 || n > mostOf || n != float64(uint64(n)) || l.In == 0 || l.Of != Requests && l.Of != Tokens {
		return Limit{}, &autherr.Error{
			Kind: autherr.Usage, Code: autherr.CodeUsage,
			Message: fmt.Sprintf("%.60q is not a limit", text),
			Hint:    "say how many requests or tokens in an hour, a day or a week, as in 50-requests/hour or 200k-tokens/day",
		}
	}
	l.Most = uint64(n)
	return l, nil
}

// String writes the limit as [Parse] reads it.
func (l Limit) String() string {
	number := strconv.FormatUint(l.Most, 10)
	switch {
	case l.Most >= 1e6 && l.Most%1e6 == 0:
		number = strconv.FormatUint(l.Most/1e6, 10) + "M"
	case l.Most >= 1e3 && l.Most%1e3 == 0:
		number = strconv.FormatUint(l.Most/1e3, 10) + "k"
	}
	period := ""
	for _, p := range periods {
		if p.long == l.In {
			period = p.name
		}
	}
	return number + "-" + string(l.Of) + "/" + period
}

// MarshalText implements [encoding.TextMarshaler].
func (l Limit) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (l *Limit) UnmarshalText(text []byte) (err error) {
	*l, err = Parse(string(text))
	return err
}
