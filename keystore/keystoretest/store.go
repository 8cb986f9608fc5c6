// Package keystoretest has a keystore that misbehaves when a test says so: its
// writes can be held back and let go later, the next calls can be made to fail,
// it can be locked, and it counts.
//
//	store := keystoretest.Wrap(keystore.NewMemory())
//	store.Hold()
//	// … start what writes, and wait until it does …
//	err := store.WaitHeld(ctx, 1)
//	// … make the writer give up, let somebody else write …
//	store.Release() // the late write lands now
package keystoretest

import (
	"bytes"
	"context"
	"sync"

	"github.com/hermes-tui/hermes-tui/keystore"
)

// Op is a method of [keystore.Store].
type Op string

// The operations that can be counted and made to fail.
const (
	Probe   Op = "probe"
	Prepare Op = "prepare"
	Put     Op = "put"
	Get     Op = "get"
	Delete  Op = "delete"
	List    Op = "list"
)

// Store passes calls on to another store, unless it was told otherwise. It is
// safe for concurrent use.
type Store struct {
	inner keystore.Store

	mu       sync.Mutex
	changed  chan struct{} // closed and made anew when something changes
	locked   bool
	holding  bool
	held     []*write
	failures map[Op][]error
	calls    map[Op]int
}

// write is a Put that has not reached the inner store yet.
type write struct {
	name   string
	blob   []byte
	landed chan struct{} // closed when it has
	err    error         // what the inner store said
}

var _ interface {
	keystore.Store
	keystore.Lister
} = (*Store)(nil)

// Wrap returns a store that passes everything on to inner.
func Wrap(inner keystore.Store) *Store {
	return &Store{inner: inner, changed: make(chan struct{}), failures: map[Op][]error{}, calls: map[Op]int{}}
}

// Kind implements [keystore.Store].
func (s *Store) Kind() keystore.Kind { return s.inner.Kind() }

// Name implements [keystore.Store].
func (s *Store) Name() string { return s.inner.Name() }

// Probe implements [keystore.Store].
func (s *Store) Probe(ctx context.Context, name string) error {
	if err := s.begin(Probe); err != nil {
		return err
	}
	return s.inner.Probe(ctx, name)
}

// Prepare implements [keystore.Store].
func (s *Store) Prepare(ctx context.Context, name string) error {
	if err := s.begin(Prepare); err != nil {
		return err
	}
	return s.inner.Prepare(ctx, name)
}

// Put implements [keystore.Store]. While writes are held it returns when the
// write was let go or ctx is done; in the second case the write still lands
// later, as one that hangs in a keyring does.
func (s *Store) Put(ctx context.Context, name string, blob []byte) error {
	if err := s.begin(Put); err != nil {
		return err
	}
	w, ok := s.hold(name, blob)
	if !ok {
		return s.inner.Put(ctx, name, blob)
	}
	select {
	case <-w.landed:
		return w.err
	case <-ctx.Done():
		return &keystore.Error{
			Condition: keystore.Locked, Op: string(Put), Message: "the keystore did not answer in time", Err: ctx.Err(),
		}
	}
}

// Get implements [keystore.Store].
func (s *Store) Get(ctx context.Context, name string) ([]byte, error) {
	if err := s.begin(Get); err != nil {
		return nil, err
	}
	return s.inner.Get(ctx, name)
}

// Delete implements [keystore.Store].
func (s *Store) Delete(ctx context.Context, name string) error {
	if err := s.begin(Delete); err != nil {
		return err
	}
	return s.inner.Delete(ctx, name)
}

// List implements [keystore.Lister]; a store that cannot list is Misused.
func (s *Store) List(ctx context.Context) ([]string, error) {
	if err := s.begin(List); err != nil {
		return nil, err
	}
	lister, ok := s.inner.(keystore.Lister)
	if !ok {
		return nil, &keystore.Error{Condition: keystore.Misused, Op: string(List), Message: "this keystore cannot list its names"}
	}
	return lister.List(ctx)
}

// begin counts a call and returns the error that it is to end with.
func (s *Store) begin(op Op) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[op]++
	s.notify()
	if next := s.failures[op]; len(next) > 0 {
		s.failures[op] = next[1:]
		return next[0]
	}
	if s.locked {
		return &keystore.Error{Condition: keystore.Locked, Op: string(op), Message: "the keystore is locked", Hint: "unlock it"}
	}
	return nil
}

func (s *Store) hold(name string, blob []byte) (*write, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.holding {
		return nil, false
	}
	w := &write{name: name, blob: bytes.Clone(blob), landed: make(chan struct{})}
	s.held = append(s.held, w)
	s.notify()
	return w, true
}

// notify wakes those who wait for a change. The caller holds mu.
func (s *Store) notify() {
	close(s.changed)
	s.changed = make(chan struct{})
}
