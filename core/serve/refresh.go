package serve

import (
	"context"

	"github.com/hermes-tui/hermes-tui/core/accounts"
	"github.com/hermes-tui/hermes-tui/core/refresh"
)

// RefreshOptions says how much a person insists.
type RefreshOptions struct {
	// Force refreshes even right after a rotation, and although the provider asked
	// to wait.
	Force bool
	// TakeOver takes over what another host of the fleet began and did not end, where a
	// person is asked.
	TakeOver bool
}

// Refresh refreshes the account's token because a person asked. Within a minute of
// the last rotation, or while the provider is not to be asked, it does nothing
// and the result's note says why, unless forced.
func (sv *Serving) Refresh(ctx context.Context, id string, o RefreshOptions) (RefreshResult, error) {
	req := refresh.Request{Asked: true, Force: o.Force, TakeOver: o.TakeOver}
	if h, err := sv.state.Folder.ReadHead(id); err == nil {
		req.Gen = h.Gen
	}
	result, err := sv.SendRefresh(ctx, id, req)
	// Whoever else brought the outcome may not have copied it yet, and the person
	// looks at the list next.
	if h, failed := sv.state.Folder.ReadHead(id); failed == nil {
		if failed := sv.state.Folder.Publish(ctx, h); failed != nil {
			sv.state.Log.Warn("could not copy the account's state into the pool file", "account", id, "error", failed)
		}
	}
	account, found := sv.accounts.Snapshot().Find(id)
	if err == nil && !found {
		_, err = sv.state.Folder.ReadHead(id)
	}
	return RefreshResult{Account: account, Rotated: result.Rotated || result.Adopted, Note: result.Note}, err
}

// SendRefresh refreshes the account's tokens where no caller can cut it, and waits for the
// outcome until ctx is done. The refresh goes on when the caller leaves.
func (sv *Serving) SendRefresh(ctx context.Context, id string, req refresh.Request) (refresh.Result, error) {
	return sv.refreshes.refresh(ctx, id, req)
}

// RefreshDetached is the refresh that a detached process runs for a caller that
// may be gone before it ends.
func (sv *Serving) RefreshDetached(ctx context.Context, id string, req refresh.Request) (note string, err error) {
	f, _ := sv.refreshes.join(id, req)
	if f == nil {
		return "", notBegun(ctx)
	}
	select {
	case <-f.done:
		return f.result.Note, f.err
	case <-ctx.Done():
		return "", left(ctx)
	}
}

// RefreshResult is what a refresh that was asked for came to.
type RefreshResult struct {
	Account accounts.Account
	Rotated bool   // this call, or one it waited for, brought a new token
	Note    string // why nothing was done, a sentence; empty when Rotated
}
