package usage

import (
	"slices"
	"time"
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
	// windows say: "no paid access".
	Blocked string `json:"blocked,omitempty"`
}

// Balance is credit that is left.
type Balance struct {
	Name      string  `json:"name"`
	Amount    float64 `json:"amount"`
	Currency  string  `json:"currency,omitempty"` // ISO 4217; empty: credits
	Unlimited bool    `json:"unlimited,omitempty"`
}

// Empty reports whether nothing was told.
func (r Reading) Empty() bool {
	return r.Plan == "" && len(r.Windows) == 0 && len(r.Balances) == 0 && r.Blocked == ""
}

// With returns r with what a newer reading says. An answer's headers tell of some
// windows; the others are still as they were.
func (r Reading) With(newer Reading) Reading {
	if newer.Empty() {
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
	for _, old := range r.Windows {
		if !slices.ContainsFunc(newer.Windows, old.same) {
			merged.Windows = append(merged.Windows, old)
		}
	}
	return merged
}

// Now returns what of a reading is still true: a window that has begun anew since
// it was told is gone.
func (r Reading) Now(now time.Time) Reading {
	r.Windows = slices.DeleteFunc(slices.Clone(r.Windows), func(w Window) bool { return w.over(now) })
	return r
}

// Tightest returns the window of which most is used, among those that hold for
// every model and are no mere rate limits.
func (r Reading) Tightest(now time.Time) (Window, bool) {
	var found Window
	for _, w := range r.Windows {
		if w.Used == nil || w.Scope != "" || w.Rate || w.over(now) {
			continue
		}
		if found.Used == nil || *w.Used > *found.Used {
			found = w
		}
	}
	return found, found.Used != nil
}
