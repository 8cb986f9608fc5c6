package refresh

import (
	"context"
	"errors"
	"time"

	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
)

// watchEvery is how often whoever waits for the lock looks at the head.
const watchEvery = 100 * time.Millisecond

// errMoved ends the wait for a claim.
var errMoved = errors.New("the head has moved")

// claim claims the account. A request that does not want to wait gets nil
// where somebody else has it. One that waits watches the head, too: once whoever has the
// claim has committed, the new tokens are there, although it may keep the lock for
// as long as it takes to delete the old ones.
func (e *Engine) claim(ctx context.Context, id string, req Request, before *record.Head) (vault.Claim, vault.Sealed, error) {
	claim, err := e.Vault.At(id).TryClaim(ctx, id)
	if claim != nil || err != nil || req.NoWait {
		return claim, vault.Sealed{}, err
	}
	waiting, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	go e.watch(waiting, id, req, before, stop)
	claim, err = e.Vault.At(id).Claim(waiting, id)
	if claim == nil && errors.Is(context.Cause(waiting), errMoved) {
		if current, err := e.Vault.Read(ctx, id); err == nil {
			return nil, current, nil
		}
		claim, err = e.Vault.At(id).Claim(ctx, id)
	}
	return claim, vault.Sealed{}, err
}

// watch calls moved once the head has newer tokens that live. Like waiting for
// the lock itself, it decides nothing by the time it takes, so it is no matter of
// the clock.
func (e *Engine) watch(ctx context.Context, id string, req Request, before *record.Head, moved func(error)) {
	look := time.NewTicker(watchEvery)
	defer look.Stop()
	for {
		select {
		case <-look.C:
		case <-ctx.Done():
			return
		}
		h, err := e.Vault.Folder.ReadHead(id)
		if err == nil && newer(h, req, before) && h.Ref != nil && h.Live(e.Clock.Now()) {
			moved(errMoved)
			return
		}
	}
}

// tell copies the account's state into the pool file if what follows takes
// longer than [record.Slow], so that every process asks another account
// meanwhile. The function that it returns ends that, and is called before the
// head changes.
func (t *turn) tell(ctx context.Context) (done func()) {
	slow := *t.Head
	told := make(chan struct{})
	wait := time.AfterFunc(record.Slow, func() {
		defer close(told)
		if err := t.Vault.Folder.Publish(ctx, &slow); err != nil {
			t.Log.Warn("could not note that a refresh takes long", "account", slow.ID, "error", err)
		}
	})
	return func() {
		if !wait.Stop() {
			<-told
		}
	}
}
