package accounts

import (
	"slices"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// Left is what is known of the account's plan for a request that names the model,
// as the choice among those of its pool sees it.
func (a *Account) Left(model string, now time.Time) (left pool.Plan) {
	if a.Plan == nil {
		return left
	}
	if a.Plan.Reading.Blocked != "" {
		return pool.Plan{Used: 100, Told: true}
	}
	var longest time.Duration
	for _, w := range a.Plan.Reading.Counting(model, now) {
		if w.Used != nil {
			left.Used, left.Told = max(left.Used, *w.Used), true
		}
		if !w.Resets.IsZero() && w.Length >= longest {
			left.Resets, longest = w.Resets, w.Length
		}
	}
	return left
}

// planned returns the snapshot with what is known of the plans.
func (s Snapshot) planned(known map[string]usage.Known) Snapshot {
	s.Accounts = slices.Clone(s.Accounts)
	for i := range s.Accounts {
		s.Accounts[i].Plan = nil
		if k, ok := known[s.Accounts[i].ID]; ok {
			s.Accounts[i].Plan = &k
		}
	}
	return s
}
