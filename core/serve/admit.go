package serve

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/consent"
)

// Admit has a person confirm the program that this process gives tokens to, where
// the account that serves name next is marked for it, before anything else has to
// be done in time. A pool is as good as its best account: one that a person refuses
// to the program is passed over as long as another may serve; where nobody answers,
// nobody is asked about the next. What keeps an account from serving is left to
// [Ready], and so is the wait for the owners of a fleet, which is not to be begun twice. Where the strategy is a random one the first request may go to another
// account, and is asked about then.
func Admit(ctx context.Context, sv *Serving, name string, o PickOptions, at consent.Prompt) error {
	var first error
	o.peek = true
	for {
		lease, err := sv.Pick(ctx, name, o)
		if err != nil {
			return first
		}
		lease.Done()
		id := lease.Account.ID
		head, err := sv.state.Folder.ReadHead(id)
		if err != nil || !head.Confirm {
			return nil //nolint:nilerr // Ready meets the same record, and says more
		}
		if _, err = sv.gate.pass(ctx, id, at); err == nil {
			return nil
		}
		if !errors.Is(err, errRefused) {
			return err
		}
		if first == nil {
			first = err
		}
		if ctx.Err() != nil || !lease.Others {
			return first
		}
		o.Not = append(o.Not[:len(o.Not):len(o.Not)], id)
	}
}
