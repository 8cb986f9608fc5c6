package serve

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// Source is what [Ready] needs of [Serving].
type Source interface {
	Pick(ctx context.Context, name string, o PickOptions) (*Lease, error)
	Token(ctx context.Context, id string, o TokenOptions) (Token, error)
}

// Ready picks the account that serves the next request and returns a token of it.
// A pool is as good as its best account: one that has no token to give at the
// moment is passed over as long as another may have one, and so is one whose
// refresh takes long, which goes on meanwhile. Where none has one, the error is
// that of the account which is likely to serve first.
func Ready(ctx context.Context, from Source, name string, o PickOptions, want TokenOptions) (*Lease, Token, error) {
	var passed error // why the accounts before had none
	var slow *Lease  // the first whose refresh was not waited for
	for {
		lease, err := from.Pick(ctx, name, o)
		if err != nil {
			return nil, Token{}, likelier(passed, err)
		}
		want.Hurry = lease.Others
		token, err := from.Token(ctx, lease.Account.ID, want)
		if err == nil {
			return lease, token, nil
		}
		lease.Done()
		if slow == nil && lease.Others && errors.Is(err, autherr.TimedOut) {
			slow = lease
		}
		passed = likelier(passed, err)
		o.At, want.At = glance.Mark{}, glance.Mark{} // it may have taken a while
		if ctx.Err() != nil || concernsAll(err) {
			return nil, Token{}, passed
		}
		if !lease.Others {
			return lastResort(ctx, from, slow, want, passed)
		}
		o.Not = append(o.Not[:len(o.Not):len(o.Not)], lease.Account.ID)
	}
}

// lastResort waits for the refresh that was not waited for while there were
// others.
func lastResort(ctx context.Context, from Source, slow *Lease, want TokenOptions, passed error) (*Lease, Token, error) {
	if slow == nil {
		return nil, Token{}, passed
	}
	want.Hurry = false
	lease := slow.again()
	token, err := from.Token(ctx, lease.Account.ID, want)
	if err != nil {
		lease.Done()
		return nil, Token{}, err
	}
	return lease, token, nil
}

// likelier returns which of two errors, the first of which may be nil, says more
// about when somebody serves: any that passes by itself before the need to sign
// in.
func likelier(first, second error) error {
	if first == nil || autherr.KindOf(first) == autherr.SignIn && autherr.KindOf(second) != autherr.SignIn {
		return second
	}
	return first
}

// concernsAll reports a failure that every account of the store would meet, after
// the same wait.
func concernsAll(err error) bool {
	return errors.Is(err, &autherr.Error{Code: autherr.CodeKeystoreLocked})
}
