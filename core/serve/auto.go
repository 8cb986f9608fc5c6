package serve

import (
	"context"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/refresh"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// autoEvery is how often the accounts are looked at for one that is due.
const autoEvery = time.Second

// autoAsked is how long an account is left alone after only a person could say whether it
// may be refreshed.
const autoAsked = time.Minute

// autoAtOnce is how many accounts are refreshed at the same time.
const autoAtOnce = 4

// AutoRefresh refreshes accounts ahead of their expiry until ctx is done. Of all
// the windows on a machine one does so at a time; the others take over when it
// closes. Quarantined, locked and signed-out accounts are left alone, and so are
// those whose provider is not to be asked yet; a shared one gets what its owner
// has fetched.
func (sv *Serving) AutoRefresh(ctx context.Context) {
	defer sv.state.Caught()
	for {
		lock, ok, err := lockfile.Try(sv.state.Folder.AutoLockPath())
		if err == nil && ok {
			sv.autoRefresh(ctx)
			_ = lock.Unlock()
			return
		}
		if clock.Sleep(ctx, sv.state.Clock, autoEvery) != nil {
			return
		}
	}
}

// autoRefresh looks every second, with the lock held.
func (sv *Serving) autoRefresh(ctx context.Context) {
	slots := make(chan struct{}, autoAtOnce)
	var jobs sync.WaitGroup
	defer jobs.Wait()  // none begins a refresh when the program has waited for the last
	var under sync.Map // ids of accounts whose refresh is under way
	var asked sync.Map // until when a person is waited for, by id
	for clock.Sleep(ctx, sv.state.Clock, autoEvery) == nil {
		now := sv.state.Clock.Now()
		for _, a := range sv.accounts.Snapshot().Accounts {
			job := sv.Ahead(a, now)
			if until, ok := asked.Load(a.ID); job == nil || ok && now.Before(until.(time.Time)) {
				continue
			}
			if _, busy := under.LoadOrStore(a.ID, true); busy {
				continue
			}
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return
			}
			jobs.Go(func() {
				defer func() { under.Delete(a.ID); <-slots }()
				defer sv.state.Caught()
				if err := job(ctx); err != nil && ctx.Err() == nil {
					if autherr.CodeOf(err) == autherr.CodeTakeOver {
						asked.Store(a.ID, now.Add(autoAsked))
					}
					sv.state.Log.Info("refresh ahead of time failed", "account", a.ID, "error", err)
				}
			})
		}
	}
}

// Ahead is what there is to do for an account ahead of time: to refresh it, or to
// look whether its owner has; nil for nothing.
func (sv *Serving) Ahead(a accounts.Account, now time.Time) func(context.Context) error {
	switch {
	case a.Shared() && a.Due(now):
		return func(ctx context.Context) error {
			sv.follower.FollowDue(ctx, []accounts.Account{a}, true, now)
			return nil
		}
	case sv.isDue(a, now):
		return func(ctx context.Context) error {
			_, err := sv.SendRefresh(ctx, a.ID, refresh.Request{Gen: a.Gen})
			return err
		}
	default:
		return nil
	}
}

// isDue reports whether the account is to be refreshed ahead of time. It reads the
// head only for an account inside its skew, for its back-off.
func (sv *Serving) isDue(a accounts.Account, now time.Time) bool {
	if a.Quarantined() || a.Shared() || a.Locked || a.SignedOut || a.NotIncluded || a.Gen == 0 || !a.Due(now) {
		return false
	}
	if p, _, err := sv.state.Provider(a.Provider, a.Region); err != nil || p.Discontinued != "" {
		return false
	}
	h, err := sv.state.Folder.ReadHead(a.ID)
	if err != nil {
		return false
	}
	return h.RetryIn(now) == 0
}
