package usage

import (
	"slices"
	"strings"
	"time"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// Source is where numbers come from.
type Source string

// The sources.
const (
	FromHeader   Source = "header"   // of an answer of the model API
	FromEndpoint Source = "endpoint" // the provider's own page about the plan
)

// Reading is what a provider told of an account's plan at one moment.
type Reading struct {
	At       time.Time `json:"at"`
	Source   Source    `json:"source"`
	Plan     string    `json:"plan,omitempty"` // its name
	Windows  []Window  `json:"windows,omitempty"`
	Balances []Balance `json:"balance,omitempty"`
	// Blocked says that the provider serves the account no more, whatever the
	// windows say: "no paid access". See [Reading.BlockedAt].
	Blocked string `json:"blocked,omitempty"`
	// Banked is how many resets of its windows the account has saved up, each to be used
	// when its person says so; nil: nobody told.
	Banked *int `json:"banked_resets,omitempty"`
	// Paid says that the provider serves the account for money.
	Paid bool `json:"paid_access,omitempty"`
}

// Balance is credit that is left.
type Balance struct {
	Name      string    `json:"name"`
	Amount    float64   `json:"amount"`
	Currency  string    `json:"currency,omitempty"` // ISO 4217; empty: credits
	Unlimited bool      `json:"unlimited,omitempty"`
	Told      time.Time `json:"told_at,omitzero"` // when the provider said so
}

// Empty reports whether nothing was told.
func (r Reading) Empty() bool {
	return r.Plan == "" && len(r.Windows) == 0 && len(r.Balances) == 0 && r.Blocked == "" && r.Banked == nil && !r.Paid
}

// late is how much older than what is known a reading may be that was written
// down a moment later. What is older by more was told by another clock.
const late = time.Minute

// With returns r with what a newer reading says. An answer's headers tell of some
// windows; the others are still as they were.
func (r Reading) With(newer Reading) Reading {
	if before := r.At.Sub(newer.At); newer.Empty() || before > 0 && before < late {
		return r
	}
	if newer.Source == FromEndpoint { // it tells everything
		return newer
	}
	merged := newer
	if merged.Plan == "" {
		merged.Plan = r.Plan
	}
	if merged.Balances == nil {
		merged.Balances = r.Balances
	}
	if merged.Banked == nil {
		merged.Banked = r.Banked
	}
	for _, old := range r.Windows {
		if !slices.ContainsFunc(newer.Windows, old.same) {
			merged.Windows = append(merged.Windows, old)
		}
	}
	return merged
}

// believed is how long something holds of which nobody said until when.
const believed = 24 * time.Hour

// BlockedAt returns why the provider serves the account no more at now, empty where
// it does. It holds for a day: of an account that is asked for nothing because of
// it, no answer would ever take it back.
func (r Reading) BlockedAt(now time.Time) string {
	if now.Sub(r.At).Abs() >= believed {
		return ""
	}
	return r.Blocked
}

// Changes returns when something of a reading is true no more by time alone, the
// first such moment after now; zero: nothing will be.
func (r Reading) Changes(now time.Time) (first time.Time) {
	soonest := func(at time.Time) {
		if at.After(now) && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	if r.Blocked != "" {
		soonest(r.At.Add(1 - believed)) // where another clock told it
		soonest(r.At.Add(believed))
	}
	for i := range r.Windows {
		soonest(r.Windows[i].ends())
		soonest(r.Windows[i].stales())
	}
	return first
}

// Now returns what of a reading is still true: a window that has begun anew since
// it was told is gone.
func (r Reading) Now(now time.Time) Reading {
	r.Blocked = r.BlockedAt(now)
	r.Windows = slices.DeleteFunc(slices.Clone(r.Windows), func(w Window) bool { return w.over(now) })
	return r
}

// Left returns what is left of a window, in percent, by its [Window.Title]; without
// a title of the tightest of those that hold for every model and are no mere rate
// limits. It is false where that was not told.
func (r Reading) Left(title string, now time.Time) (left float64, ok bool) {
	if r.BlockedAt(now) != "" {
		return 0, true
	}
	windows := r.Counting("", now)
	if title != "" {
		windows = slices.DeleteFunc(r.Now(now).Windows, func(w Window) bool { return w.Title() != title })
	}
	for _, w := range windows {
		if w.Used != nil && (!ok || 100-*w.Used < left) {
			left, ok = 100-*w.Used, true
		}
	}
	return left, ok
}

// Counting returns the windows of the plan that a request counts in, with the limits
// of that model if it names one, and without those of the pace.
func (r Reading) Counting(model string, now time.Time) (windows []Window) {
	for _, w := range r.Windows {
		if (w.Scope == "" || strings.EqualFold(w.Scope, model)) && !w.Rate && !w.over(now) {
			windows = append(windows, w)
		}
	}
	return windows
}

// Tightest returns the window of the plan of which the least is left, of those
// that hold for every model and are no mere limits of the pace; of several the
// longest. It is false where none was told.
func (r Reading) Tightest(now time.Time) (tightest Window, ok bool) {
	for i := range r.Windows {
		w := &r.Windows[i]
		if w.Used == nil || w.Scope != "" || w.Rate || w.over(now) {
			continue
		}
		if !ok || *w.Used > *tightest.Used || *w.Used == *tightest.Used && w.Length > tightest.Length {
			tightest, ok = *w, true
		}
	}
	return tightest, ok
}

// What is kept of one account: more windows and longer names than any provider
// has.
const (
	mostWindows = 32
	longestName = 64
)

// tidy returns a reading whose texts, which a server has written, can be shown and
// kept: of no token, of no control character, and of an end.
func (r Reading) tidy() Reading {
	r.Plan = secret.Words(r.Plan, longestName)
	r.Windows = slices.Clone(r.Windows[:min(len(r.Windows), mostWindows)])
	for i := range r.Windows {
		w := &r.Windows[i]
		w.Name, w.Scope = secret.Words(w.Name, longestName), secret.Words(w.Scope, longestName)
	}
	return r
}
