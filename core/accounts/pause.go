package accounts

import (
	"context"
	"time"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
)

// Pause takes an account out of the rotation of its pool until then; the zero time
// means until [Accounts.Resume]. It keeps its sign-in, is refreshed as before, and
// serves who names it. An earlier pause is replaced. No secret is opened.
func (as *Accounts) Pause(ctx context.Context, id string, until time.Time) error {
	now := as.state.Clock.Now()
	if !until.IsZero() && !until.After(now) {
		return &autherr.Error{
			Kind: autherr.Usage, Code: autherr.CodeUsage,
			Message: "a pause has to end in the future", Hint: "name a time from now on, or none: until it is resumed",
		}
	}
	changed, err := setPause(ctx, as, id, pool.Pause{At: now.UTC().Truncate(time.Second), Until: until.UTC()})
	if err == nil && changed {
		as.state.Vault.AddEvent(id, record.Event{Kind: record.EventPaused, Until: until.UTC()})
	}
	return err
}

// Resume puts an account back into the rotation of its pool.
func (as *Accounts) Resume(ctx context.Context, id string) error {
	changed, err := setPause(ctx, as, id, pool.Pause{})
	if err == nil && changed {
		as.state.Vault.AddEvent(id, record.Event{Kind: record.EventResumed})
	}
	return err
}

// setPause writes a pause down, and reports whether it says anything new.
func setPause(ctx context.Context, as *Accounts, id string, p pool.Pause) (changed bool, err error) {
	var refused error
	now := as.state.Clock.Now()
	err = as.state.Folder.UpdatePool(ctx, func(file *record.PoolFile) bool {
		row := file.Find(id)
		if row == nil {
			refused = noSuchAccount(id)
			return false
		}
		before := row.Paused
		changed = before.Holds(now) != p.Holds(now) || p.Holds(now) && !before.Until.Equal(p.Until)
		if !changed {
			return false
		}
		row.Paused = p
		return true
	})
	if err == nil {
		err = refused
	}
	if changed {
		as.state.Changed.Ring()
	}
	return changed, err
}
