package keystore

import (
	"context"
	"errors"
	"time"

	"github.com/zalando/go-keyring"

	"github.com/hermes-tui/hermes-tui/keystore/lock"
)

// ringHolder holds the key in the OS keyring. The keyring knows no time, so the
// end of it stands beside the key, and whoever finds it past deletes the item.
type ringHolder struct {
	backend   Backend
	reachable func() error
	label     string
	calls     *caller
}

// heldPrefix is what the names of held keys begin with in the OS keyring, where
// no store's id can.
const heldPrefix = "unlocked/"

func (h ringHolder) ID() string { return "keyring" }

func (h ringHolder) Name() string { return h.label }

func (h ringHolder) Hold(name, text string, _ time.Duration) error {
	return h.call(func() error { return h.backend.Set(service, heldPrefix+name, text) })
}

func (h ringHolder) Take(name string) (text string, err error) {
	got := make(chan string, 1) // a call that hangs may come back later
	err = h.call(func() error {
		found, err := h.backend.Get(service, heldPrefix+name)
		got <- found
		return err
	})
	if err != nil {
		return "", err
	}
	return <-got, nil
}

func (h ringHolder) Drop(name string) error {
	err := h.call(func() error { return h.backend.Delete(service, heldPrefix+name) })
	if errors.Is(err, lock.ErrNotHeld) {
		return nil
	}
	return err
}

func (h ringHolder) call(f func() error) error {
	if err := h.reachable(); err != nil {
		return err
	}
	err := h.calls.do(context.Background(), f) // which has a limit of its own
	if errors.Is(err, keyring.ErrNotFound) {
		return lock.ErrNotHeld
	}
	return err
}
