package lock

import (
	"errors"
	"time"
)

// Holder keeps the unlocked key of the file keystore for a time, so that every
// program of the person can use it without asking. There is no daemon of ours
// that could; what the system offers is used, and never a file.
type Holder interface {
	// ID is what the latch calls it.
	ID() string
	// Name is what a person calls it.
	Name() string
	// Hold keeps text under a name that was never used, for life at most.
	Hold(name, text string, life time.Duration) error
	// Take returns what is held, ErrNotHeld when nothing is any more.
	Take(name string) (string, error)
	// Drop forgets it. What is not there is no error.
	Drop(name string) error
}

// ErrNotHeld is the answer where nothing is held under a name.
var ErrNotHeld = errors.New("the key is not held any more")
