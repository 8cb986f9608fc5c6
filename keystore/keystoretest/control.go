package keystoretest

import "context"

// Hold holds back every Put from now on.
func (s *Store) Hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holding = true
}

// Release lets the held writes land, in the order in which they came, and holds
// no more.
func (s *Store) Release() {
	for _, w := range s.letGo() {
		w.err = s.inner.Put(context.Background(), w.name, w.blob)
		close(w.landed)
	}
}

// Drop forgets the held writes, as the death of whoever carried them out does,
// and holds no more. Their callers wait until their contexts end.
func (s *Store) Drop() { s.letGo() }

func (s *Store) letGo() []*write {
	s.mu.Lock()
	defer s.mu.Unlock()
	held := s.held
	s.held, s.holding = nil, false
	s.notify()
	return held
}

// WaitHeld waits until n writes are held, or ctx is done.
func (s *Store) WaitHeld(ctx context.Context, n int) error {
	return s.wait(ctx, func() bool { return len(s.held) >= n })
}

// WaitCalls waits until op was called n times, or ctx is done.
func (s *Store) WaitCalls(ctx context.Context, op Op, n int) error {
	return s.wait(ctx, func() bool { return s.calls[op] >= n })
}

func (s *Store) wait(ctx context.Context, reached func() bool) error {
	for {
		s.mu.Lock()
		done, changed := reached(), s.changed
		s.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// FailNext makes the next n calls of op end with err, without reaching the
// inner store.
func (s *Store) FailNext(op Op, n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.failures[op] = append(s.failures[op], err)
	}
}

// Lock makes every call end with Locked.
func (s *Store) Lock() { s.setLocked(true) }

// Unlock takes Lock back.
func (s *Store) Unlock() { s.setLocked(false) }

func (s *Store) setLocked(locked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.locked = locked
}

// Calls returns how often op was called, failures included.
func (s *Store) Calls(op Op) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[op]
}
