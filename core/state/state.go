package state

import (
	"io/fs"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/hermes-tui/hermes-tui/core/consent"
	"github.com/hermes-tui/hermes-tui/core/fleet/shared"
	"github.com/hermes-tui/hermes-tui/core/provider"
	"github.com/hermes-tui/hermes-tui/core/proxies"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/vault"
	"github.com/hermes-tui/hermes-tui/internal/glance"
)

// State is one state folder, as the wings of core share it. It is safe for
// concurrent use.
type State struct {
	Config
	Folder  *record.Folder
	Vault   *vault.Vault
	Desk    *consent.Desk
	Proxies *proxies.Board
	Shared  *shared.Board // what the hosts of the fleet tell each other; nil where there is none
	Changed Bell          // rings after every change that this process made

	asked    atomic.Int32 // how often Watch was called, up to worthWatching
	watching sync.Once
	watch    *glance.Watch

	mu      sync.Mutex
	running int           // works that were begun with Go
	idle    chan struct{} // closed when the last of them ends
	ended   bool          // Wait has returned: nothing begins any more
}

// Open returns the state in c.Dir. Nothing is read, written or asked yet.
func Open(c Config) *State {
	folder := record.Open(record.Options{Dir: c.Dir, Machine: c.Machine, Random: c.Random})
	s := &State{Config: c, Folder: folder, Desk: consent.NewDesk(c.Dir, c.Clock, c.Random), Proxies: proxies.NewBoard(c.Dir, c.Clock, c.Random), Vault: &vault.Vault{
		Folder: folder, Keystores: c.Keystores, Clock: c.Clock,
		Log: c.Log, PID: c.PID, Program: c.Program, Patience: c.Patience,
	}}
	if c.Heads != nil {
		s.Vault.Heads = c.Heads(s.Vault)
		if fleet, ok := s.Vault.Heads.(interface{ Shared() *shared.Board }); ok {
			s.Shared = fleet.Shared()
			s.Shared.OnChange(s.Changed.Ring)
		}
	}
	return s
}

// MayMake returns why no account may be made here, if so: a reader of a fleet makes none.
func (s *State) MayMake() error {
	if reader, ok := s.Vault.Heads.(interface{ ReadOnly() error }); ok {
		return reader.ReadOnly()
	}
	return nil
}

// worthWatching is how often a program asks before the kernel is told to look after
// the folders for it. To end that costs the kernel about 15 ms, for which the end of
// the program waits: more than a command that hands out one token takes in all.
const worthWatching = 16

// Watch tells whether a file of the folder may have changed. It is for programs that
// ask again and again: before they have asked [worthWatching] times it knows nothing,
// so that the files are looked at.
func (s *State) Watch() *glance.Watch {
	if s.asked.Load() < worthWatching && s.asked.Add(1) < worthWatching {
		return nil
	}
	s.watching.Do(func() { s.watch = glance.Open(s.Dir, s.Folder.BlobDir()) })
	return s.watch
}

// Unwatch ends what [State.Watch] began. Whoever still asks looks at the files.
func (s *State) Unwatch() {
	s.watching.Do(func() {})
	s.watch.Close()
}

// Go runs something that is not to be cut when the program ends: [State.Wait]
// waits for it. Once that has returned nothing begins any more, and Go reports false.
func (s *State) Go(work func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	if s.running++; s.running == 1 {
		s.idle = make(chan struct{})
	}
	go func() {
		defer func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.running--; s.running == 0 {
				close(s.idle)
			}
		}()
		work()
	}()
	return true
}

// Busy reports whether something that was begun with [State.Go] has not ended.
func (s *State) Busy() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.running > 0
}

// Wait waits for all that was begun with [State.Go], and what that began; afterwards
// nothing else begins.
func (s *State) Wait() {
	for {
		s.mu.Lock()
		if s.running == 0 {
			s.ended = true
			s.mu.Unlock()
			return
		}
		idle := s.idle
		s.mu.Unlock()
		<-idle
	}
}

// Caught is deferred by the goroutines of a program that stays. What such a
// goroutine held stays held: only the end of the program gives it back.
func (s *State) Caught() {
	if s.OnPanic == nil {
		return
	}
	if value := recover(); value != nil {
		s.OnPanic(value, debug.Stack())
	}
}

// Provider returns a provider, by id or alias, in a region; an empty region is
// the provider's first.
func (s *State) Provider(id, region string) (provider.Provider, provider.Region, error) {
	if region == "" {
		return s.Providers.Find(id)
	}
	return s.Providers.Region(id, region)
}

// Unlocked reports whether nobody is changing the account's tokens.
func (s *State) Unlocked(id string) (bool, error) {
	lock, err := s.Folder.TryLock(id)
	if err != nil || lock == nil {
		return false, err
	}
	return true, lock.Unlock()
}

// SameFile reports whether a file was not replaced between two stats. Every
// write replaces it, so that it has another identity or at least another time.
func SameFile(a, b fs.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}
