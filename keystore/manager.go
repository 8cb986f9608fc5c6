package keystore

import (
	"context"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/keystore/lock"
)

// Manager opens the stores of one person on one machine, each once, and applies
// [Choose] to what was named.
type Manager struct {
	Flag, Env, Config Kind
	AllowMemory       bool

	BlobDir  string // of the file store
	Key      *Key   // of the file store
	LockPath string // of the keyring store
	// Getenv looks environment variables up, for the session bus.
	Getenv func(string) string
	// Backend is the OS keyring; System outside tests.
	Backend Backend

	mu     sync.Mutex
	opened map[Kind]Store
	found  *Availability
}

// Choose says which kind a store uses whose remembered kind is given; empty
// when nothing was stored yet.
func (m *Manager) Choose(ctx context.Context, remembered Kind) (Choice, error) {
	return Choose(Request{
		Flag: m.Flag, Env: m.Env, Config: m.Config, Remembered: remembered, AllowMemory: m.AllowMemory,
		Available: func() Availability { return m.available(ctx) }, Reachable: func() error { return Reachable(m.Getenv) },
	})
}

// Agrees returns an error of the condition [Misused] when somebody named another
// kind than the one that a store remembers. Nothing is asked or opened.
func (m *Manager) Agrees(remembered Kind) error {
	r := Request{Flag: m.Flag, Env: m.Env, Config: m.Config, Remembered: remembered, AllowMemory: m.AllowMemory}
	named, source := r.named()
	if named == "" {
		return nil
	}
	return r.check(named, source)
}

// available asks the system once.
func (m *Manager) available(ctx context.Context) Availability {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.found == nil || m.found.Err != nil {
		found := Detect(ctx, m.Getenv)
		m.found = &found
	}
	return *m.found
}

// Open returns the store of this kind.
func (m *Manager) Open(_ context.Context, kind Kind, storeID string) (Store, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s, ok := m.opened[kind]; ok {
		if k, isKeyring := s.(*Keyring); !isKeyring || k.o.StoreID == storeID {
			return s, nil
		}
	}
	var s Store
	switch kind {
	case KindFile:
		s = OpenFile(m.BlobDir, m.Key)
	case KindKeyring:
		if err := pinBus(m.Getenv); err != nil {
			return nil, err
		}
		s = OpenKeyring(KeyringOptions{
			StoreID: storeID, LockPath: m.LockPath, Backend: m.Backend, Label: KeyringLabel,
			Reachable: func() error { return Reachable(m.Getenv) },
		})
	case KindMemory:
		s = NewMemory()
	default:
		return nil, &Error{Condition: Misused, Op: "open", Message: "there is no keystore of the kind " + string(kind), Hint: "update hermes-tui"}
	}
	if m.opened == nil {
		m.opened = map[Kind]Store{}
	}
	m.opened[kind] = s
	return s, nil
}

// Turn is [Key.Turn].
func (m *Manager) Turn() string { return m.Key.Turn() }

// Locked is [Key.Locked].
func (m *Manager) Locked() (since time.Time, locked bool) { return m.Key.Locked() }

// Forget is [Key.Forget].
func (m *Manager) Forget() { m.Key.Forget() }

// Holders are where this machine can hold an unlocked key for all programs of
// the person, the best first.
func (m *Manager) Holders() []lock.Holder {
	ring := ringHolder{m.Backend, func() error { return Reachable(m.Getenv) }, KeyringLabel, newCaller(keyringCall)}
	return append(lock.Platform(), ring)
}

// Describe returns what a person calls this kind.
func (m *Manager) Describe(kind Kind) string {
	switch kind {
	case KindKeyring:
		return KeyringLabel
	case KindFile:
		return "encrypted file"
	default:
		return string(kind)
	}
}
