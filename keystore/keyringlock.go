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
	lock, free, err := lockfile.Try(k.o.LockPath)
	if err == nil && !free {
		lock, err = k.queue(ctx, op)
	}
	switch {
	case errors.Is(err, context.Canceled) || ConditionOf(err) != 0:
		return nil, err
	case errors.Is(err, context.DeadlineExceeded):
		return nil, queued.error(op, k.o.Label, err)
	case err != nil:
		return nil, &Error{
			Condition: Unavailable, Op: op, Message: "the lock that keeps writers apart cannot be taken",
			Hint: "check the owner and the mode of the folder; it must be on a local disk", Err: err,
		}
	}
	return func() { k.calls.whenIdle(func() { _ = lock.Unlock() }) }, nil
}

// queue waits for the lock of another process, once the keyring has shown that
// it answers: where it hangs, so does the other process.
func (k *Keyring) queue(ctx context.Context, op string) (*lockfile.Lock, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, err := k.part(ctx, "any", 0); err != nil && ConditionOf(err) != NotFound {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lockTime)
	defer cancel()
	return lockfile.Acquire(ctx, k.o.LockPath)
}
