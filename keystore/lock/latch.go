// Package lock is how the processes of one person agree on whether the key of the
// file keystore may be used: a file without a secret, the [Latch], in which they
// tell each other, and a [Holder] of the system's that keeps the unlocked key for
// a time. There is no daemon of ours that could.
package lock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// latchVersion is the format of the latch's file.
const latchVersion = 1

// maxLatch is far more than the file has.
const maxLatch = 4 << 10

// Latch is a file without a secret in which the processes of one person tell
// each other that the key of the file keystore was locked or unlocked. Whoever
// holds the key looks at it before using it, which is one stat. It is safe for
// concurrent use.
type Latch struct {
	Path string

	mu   sync.Mutex
	seen fs.FileInfo // as it was before it was read; nil: there was none
	have State
}

// State is what the file says.
type State struct {
	Version int `json:"version"`
	// Turn is random and another one after each lock and unlock; empty where
	// neither ever happened.
	Turn   string    `json:"turn"`
	Locked bool      `json:"locked"`
	At     time.Time `json:"at"`              // when that was done
	Until  time.Time `json:"until,omitzero"`  // end of the time that it is unlocked for
	Holder string    `json:"holder,omitzero"` // [Holder.ID] of who keeps the key meanwhile
	Left   []Held    `json:"left,omitempty"`  // keys of earlier turns that could not be dropped yet
}

// Held is where the key of a turn is held.
type Held struct {
	Holder string `json:"holder"` // [Holder.ID]
	Turn   string `json:"turn"`
}

// mostLeft is how many keys that could not be dropped are kept in mind.
const mostLeft = 16

// Held returns where keys may be held: that of this turn, and what is left.
func (s State) Held() []Held {
	held := s.Left
	if s.Holder != "" {
		held = append(slices.Clone(held), Held{s.Holder, s.Turn})
	}
	return held[max(0, len(held)-mostLeft):]
}

// Open reports whether the key is unlocked for all programs now.
func (s State) Open(now time.Time) bool {
	return s.Turn != "" && !s.Locked && now.Before(s.Until)
}

// State returns what the file says. One that cannot be read, or of a newer
// program, says that the key is locked: in doubt nobody opens it.
func (l *Latch) State() State {
	if l == nil {
		return State{}
	}
	info, err := os.Lstat(l.Path)
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(err, fs.ErrNotExist) {
		l.seen, l.have = nil, State{}
		return l.have
	}
	if err == nil && l.seen != nil && os.SameFile(info, l.seen) && info.ModTime().Equal(l.seen.ModTime()) && info.Size() == l.seen.Size() {
		return l.have
	}
	l.seen, l.have = info, readLatch(l.Path)
	return l.have
}

func readLatch(path string) State {
	data, err := atomicfile.Read(path, maxLatch)
	if errors.Is(err, fs.ErrNotExist) {
		return State{}
	}
	var s State
	if err != nil || json.Unmarshal(data, &s) != nil || s.Version != latchVersion || s.Turn == "" {
		return State{Turn: "unreadable", Locked: true}
	}
	return s
}

// Write replaces what the file says.
func (l *Latch) Write(s State) error {
	s.Version = latchVersion
	data, err := json.Marshal(s)
	if err == nil {
		err = atomicfile.Write(l.Path, append(data, '\n'), 0o600)
	}
	if err != nil {
		return fmt.Errorf("could not write %s: %w", l.Path, atomicfile.Reason(err))
	}
	return nil
}
