package keystore

import (
	"context"
	"errors"

	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// lockTime bounds waiting for writers in other processes. It is longer than the
// longest call of one of them.
const lockTime = 2 * keyringCall

// lock serialises writers of all processes: KeePassXC loses items when two write
// at once. A call that we gave up on may still be under way in the keyring; then
// the lock is kept until it ends.
func (k *Keyring) lock(ctx context.Context, op string) (unlock func(), err error) {
	if k.o.LockPath == "" {
		return func() {}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, lockTime)
	defer cancel()
	lock, err := lockfile.Acquire(ctx, k.o.LockPath)
	switch {
	case errors.Is(err, context.Canceled):
		return nil, err
	case errors.Is(err, context.DeadlineExceeded):
		return nil, &Error{
			Condition: Locked, Op: op, Message: "another program is waiting for the " + k.o.Label,
			Hint: "unlock it (its prompt may be hidden behind a window), then try again", Err: err,
		}
	case err != nil:
		return nil, &Error{
			Condition: Unavailable, Op: op, Message: "the lock that keeps writers apart cannot be taken",
			Hint: "check the owner and the mode of the folder; it must be on a local disk", Err: err,
		}
	}
	return func() { k.calls.whenIdle(func() { _ = lock.Unlock() }) }, nil
}
