package keystore

import (
	"context"
	"fmt"
	"time"
)

// keyringCall bounds one call to the OS keyring. A prompt that nobody answers
// would block it for ever. Since nothing waits for a call that has had its time,
// it is also what a command waits for a keyring that does not answer.
const keyringCall = 5 * time.Second

// Backend is the OS keyring as this package uses it: text under a service and a
// user name. Implementations may block for ever and may panic.
type Backend interface {
	Set(service, user, text string) error
	Get(service, user string) (string, error)
	Delete(service, user string) error
}

// KeyringOptions describes a keyring store.
type KeyringOptions struct {
	StoreID  string // first part of the items' user names
	LockPath string // serialises writers of all processes
	Backend  Backend
	// Reachable says whether there is a keyring to call; without one the
	// backend is not called at all, because go-keyring would start daemons.
	Reachable func() error
	Label     string // what a person calls it: "Secret Service"
}

// Keyring keeps blobs in the OS keyring. A blob is split into parts that every
// platform's keyring takes, under names that begin with the store's id.
//
// Part 0 is written first and removed last, so that whoever finds part 0 knows
// how many there are; a blob counts only when all of them are there and fit.
type Keyring struct {
	o     KeyringOptions
	calls *caller
}

const service = "hermes-tui"

// OpenKeyring returns the store; nothing is called yet.
func OpenKeyring(o KeyringOptions) *Keyring {
	return &Keyring{o: o, calls: newCaller(keyringCall)}
}

// Kind implements [Store].
func (k *Keyring) Kind() Kind { return KindKeyring }

// Name implements [Store].
func (k *Keyring) Name() string { return k.o.Label }

// Probe implements [Store].
func (k *Keyring) Probe(ctx context.Context, name string) error { return probe(ctx, k, name) }

// Prepare implements [Store]. A keyring can promise nothing beforehand; that it
// answers was seen when the current secret was read.
func (k *Keyring) Prepare(_ context.Context, name string) error { return checkName("put", name) }

func (k *Keyring) item(name string, i int) string {
	return fmt.Sprintf("%s/%s/%d", k.o.StoreID, name, i)
}

// Put implements [Store].
func (k *Keyring) Put(ctx context.Context, name string, blob []byte) error {
	if err := checkName("put", name); err != nil {
		return err
	}
	parts, err := split(blob)
	if err != nil {
		return err
	}
	unlock, err := k.lock(ctx, "put")
	if err != nil {
		return err
	}
	defer unlock()
	if done, err := k.written(ctx, name, parts[0]); done || err != nil {
		return err
	}
	for i, text := range parts {
		if err := k.set(ctx, k.item(name, i), text); err != nil {
			return err
		}
	}
	return readBack(ctx, k, name, blob)
}

// written looks for what is under name already: nothing, the same blob, or the
// beginning of it that an interrupted Put left, which may be completed. Anything
// else is an error and stays as it is.
func (k *Keyring) written(ctx context.Context, name, want string) (done bool, err error) {
	have, err := k.part(ctx, name, 0)
	switch {
	case ConditionOf(err) == NotFound:
		return false, nil
	case err != nil:
		return false, err
	case have.String() != want:
		return false, writtenAlready(name)
	}
	_, err = k.get(ctx, name)
	switch ConditionOf(err) {
	case NotFound, Damaged:
		return false, nil
	}
	return err == nil, err
}

// Get implements [Store].
func (k *Keyring) Get(ctx context.Context, name string) ([]byte, error) {
	if err := checkName("get", name); err != nil {
		return nil, err
	}
	return k.get(ctx, name)
}

func (k *Keyring) get(ctx context.Context, name string) ([]byte, error) {
	first, err := k.part(ctx, name, 0)
	if err != nil {
		return nil, err
	}
	parts := []part{first}
	for i := 1; i < first.count; i++ {
		next, err := k.part(ctx, name, i)
		if err != nil {
			return nil, err
		}
		parts = append(parts, next)
	}
	return join(parts)
}

func (k *Keyring) part(ctx context.Context, name string, i int) (part, error) {
	var text string
	err := k.do(ctx, "get", func() (err error) {
		text, err = k.o.Backend.Get(service, k.item(name, i))
		return err
	})
	if err != nil {
		return part{}, err
	}
	p, err := parsePart(text)
	if err == nil && p.index != i {
		err = damagedPart()
	}
	return p, err
}

func (k *Keyring) set(ctx context.Context, item, text string) error {
	return k.do(ctx, "put", func() error { return k.o.Backend.Set(service, item, text) })
}

// Delete implements [Store].
func (k *Keyring) Delete(ctx context.Context, name string) error {
	if err := checkName("delete", name); err != nil {
		return err
	}
	unlock, err := k.lock(ctx, "delete")
	if err != nil {
		return err
	}
	defer unlock()
	first, err := k.part(ctx, name, 0)
	switch ConditionOf(err) {
	case NotFound:
		return k.deleteRest(ctx, name)
	case Damaged:
		first.count = maxParts // how many there were cannot be read any more
	default:
		if err != nil {
			return err
		}
	}
	for i := first.count - 1; i >= 0; i-- {
		err := k.do(ctx, "delete", func() error { return k.o.Backend.Delete(service, k.item(name, i)) })
		if err != nil && ConditionOf(err) != NotFound {
			return err
		}
	}
	// A prompt that was dismissed makes some keyrings say yes to a deletion.
	if _, err := k.part(ctx, name, 0); err == nil {
		return notGone.error("delete", k.o.Label, nil)
	}
	return nil
}

// deleteRest deletes the parts of a blob whose first part somebody else deleted.
func (k *Keyring) deleteRest(ctx context.Context, name string) error {
	for i := 1; i < maxParts; i++ {
		err := k.do(ctx, "delete", func() error { return k.o.Backend.Delete(service, k.item(name, i)) })
		if ConditionOf(err) == NotFound {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// do makes one call within its time.
func (k *Keyring) do(ctx context.Context, op string, call func() error) error {
	if k.o.Reachable != nil {
		if err := k.o.Reachable(); err != nil {
			return noBus.error(op, k.o.Label, err)
		}
	}
	return classify(op, k.o.Label, k.calls.do(ctx, call))
}
