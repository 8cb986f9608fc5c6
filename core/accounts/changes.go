package accounts

import (
	"iter"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Changes returns when [Account.Row] or [Account.Left] says something else by time alone,
// the first such moment after now; zero: never.
func (a *Account) Changes(now time.Time) time.Time {
	own := record.Public{RefreshingSince: a.RefreshingSince}
	first := pool.Soonest(now, a.Public.Changes(now), own.Changes(now), a.Limits.Changes(now), a.Paused.Until)
	if a.Plan == nil {
		return first
	}
	return pool.Soonest(now, first, a.Plan.Reading.Changes(now))
}

// LimitedModels are the models of which [Account.Row] or [Account.Left] may say something
// else than of those that nobody has named.
func (a *Account) LimitedModels() iter.Seq[string] {
	return func(yield func(string) bool) {
		for model := range a.Limits.Models {
			if !yield(model) {
				return
			}
		}
		if a.Plan == nil {
			return
		}
		for i := range a.Plan.Reading.Windows {
			if scope := a.Plan.Reading.Windows[i].Scope; scope != "" && !yield(scope) {
				return
			}
		}
	}
}
