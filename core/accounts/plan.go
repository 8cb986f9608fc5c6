package accounts

import (
	"fmt"
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
	if a.Plan.Reading.BlockedAt(now) != "" {
		return pool.Plan{Used: 100, Told: true}
	}
	var longest time.Duration
	for _, w := range a.Plan.Reading.Counting(model, now) {
		if w.Used != nil && !w.Stale(now) {
			left.Used, left.Told = max(left.Used, *w.Used), true
		}
		if !w.Resets.IsZero() && w.Length >= longest {
			left.Resets, longest = w.Resets, w.Length
		}
	}
	return left
}

// UsedUp reports whether nothing is left of the account's plan at now, or of its money.
// It is not known of one that needs signing in, nor where what was told is too old, or
// the time of a cool-down over that was guessed.
func (a *Account) UsedUp(now time.Time) (used, known bool) {
	var told usage.Reading
	if a.Plan != nil {
		told = a.Plan.Reading
	}
	tight, _ := told.Tightest(now)
	switch {
	case a.Quarantined(), a.SignedOut:
		return false, false
	case a.Cooldown.UsedUp(now), told.BlockedAt(now) != "":
		return true, true
	case tight.Used != nil && tight.Stale(now):
		return false, false
	case tight.Used != nil && *tight.Used >= 100 && !told.Paid:
		return true, true
	default:
		return false, told.Blocked == "" && !a.Cooldown.Guessed(now)
	}
}

// PlanSum is what is left of a window of a pool's plans, that of an account counting
// as one: 1.4 of 3.
type PlanSum struct {
	Window string
	Left   float64
	Of     int
}

// Words says it: "5h 1.4 of 3".
func (s PlanSum) Words() string { return fmt.Sprintf("%s %.1f of %d", s.Window, s.Left, s.Of) }

// PlanSums returns what is left of each window that was told of the pool's accounts. Of
// one that is blocked nothing is left; one that has to sign in again does not count.
func (p Pool) PlanSums(now time.Time) (sums []PlanSum) {
	for _, m := range p.Members {
		if m.Plan == nil || m.Quarantined() {
			continue
		}
		blocked := m.Plan.Reading.BlockedAt(now) != ""
		for _, w := range m.Plan.Reading.Counting("", now) {
			if w.Used == nil {
				continue
			}
			at := slices.IndexFunc(sums, func(s PlanSum) bool { return s.Window == w.Name })
			if at < 0 {
				at = len(sums)
				sums = append(sums, PlanSum{Window: w.Name})
			}
			sums[at].Of++
			if !blocked {
				sums[at].Left += 1 - *w.Used/100
			}
		}
	}
	return sums
}

// plan says of each account what is known of its plan.
func (s Snapshot) plan(known map[string]usage.Known) {
	for i := range s.Accounts {
		s.Accounts[i].Plan = nil
		if k, ok := known[s.Accounts[i].ID]; ok {
			s.Accounts[i].Plan = &k
		}
	}
}
