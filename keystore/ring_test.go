package keystore

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/zalando/go-keyring"
)

// fakeRing is an OS keyring in memory that can be told to misbehave.
type fakeRing struct {
	mu      sync.Mutex
	items   map[string]string
	fail    error
	failAt  int // fail the nth call from now
	calls   int
	dismiss bool // Set and Delete say yes and do nothing
}

func newRing() *fakeRing { return &fakeRing{items: map[string]string{}} }

func (r *fakeRing) step() error {
	r.calls++
	if r.fail != nil && r.failAt <= 1 {
		return r.fail
	}
	if r.failAt > 0 {
		r.failAt--
	}
	return nil
}

func (r *fakeRing) Set(_, user, text string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.step(); err != nil {
		return err
	}
	if !r.dismiss {
		r.items[user] = text
	}
	return nil
}

func (r *fakeRing) Get(_, user string) (string, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.step(); err != nil {
		return "", err
	}
	text, ok := r.items[user]
	if !ok {
		return "", keyring.ErrNotFound
	}
	return text, nil
}

func (r *fakeRing) Delete(_, user string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.step(); err != nil {
		return err
	}
	if _, ok := r.items[user]; !ok {
		return keyring.ErrNotFound
	}
	if !r.dismiss {
		delete(r.items, user)
	}
	return nil
}

func ringStore(t testing.TB, ring Backend) *Keyring {
	return OpenKeyring(KeyringOptions{
		StoreID: "store", LockPath: filepath.Join(t.TempDir(), "keyring.lock"), Backend: ring, Label: "test ring",
	})
}
