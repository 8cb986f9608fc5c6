// Package keystore holds secrets at rest.
//
// A keystore is a store of blobs: bytes under a write-once name. It knows
// nothing of OAuth, of accounts, or of what a blob means. There are three:
// the OS keyring ([OpenKeyring]), files sealed with age ([OpenFile]) for
// machines that have none, and memory ([NewMemory]) for tests. [Choose] decides
// which one is used, as one pure function, and never falls back silently.
//
// # Write-once names
//
// A name is written once and never changed: whoever wants to replace a blob
// puts a new one under a new random name, moves its own pointer, and deletes
// the old name afterwards. So a write that the keyring finishes late, after its
// writer was killed, can never replace anything.
//
// # Errors
//
// Every error is, or wraps, an [*Error] with one of six conditions: not found,
// locked, unavailable, too large, damaged, misused. Only a caller that cancelled
// its own context gets that context's error. Nothing is overwritten or deleted
// on the way to an error, and no error holds a byte of a blob or of a key.
package keystore

import (
	"context"
	"errors"
)

// Kind says which keystore it is; it is written into the store's identity and
// is never changed by anything but a move.
type Kind string

// The kinds of keystore.
const (
	KindKeyring Kind = "keyring"
	KindFile    Kind = "file"
	KindMemory  Kind = "memory"
)

// Store is a blob store. Implementations are safe for concurrent use, by
// goroutines and by processes. Every call returns when ctx is done, even when
// the operating system's call behind it hangs.
type Store interface {
	// Kind is which of the three it is.
	Kind() Kind
	// Name is what a person calls it, such as "Secret Service" or
	// "encrypted file".
	Name() string
	// Probe proves that a blob can be written, read back and deleted now, under
	// a name that was never used. A process that is killed meanwhile leaves it.
	Probe(ctx context.Context, name string) error
	// Prepare makes ready to Put under name, as far as the keystore can before
	// the bytes are known (a file store creates its temporary file). What it
	// made is used by Put or removed by Delete; see [Releaser].
	Prepare(ctx context.Context, name string) error
	// Put stores blob under name and reads it back before it returns. A name
	// that exists already with other bytes is an error.
	Put(ctx context.Context, name string, blob []byte) error
	// Get returns the blob under name, whole and checked. A missing or
	// incomplete one is NotFound, one whose checksum is wrong is Damaged.
	Get(ctx context.Context, name string) ([]byte, error)
	// Delete removes name and every part of it. A missing one is no error.
	Delete(ctx context.Context, name string) error
}

// Lister is implemented by stores that can enumerate their names.
type Lister interface {
	// List returns every name that is stored, in no particular order.
	List(ctx context.Context) ([]string, error)
}

// Releaser is implemented by stores that keep something, such as their key, from
// Prepare on.
type Releaser interface {
	// Release forgets what was prepared for a blob that is stored, or never will
	// be. Where there is nothing it does nothing.
	Release(name string)
}

// Condition says what is wrong with a keystore or a blob.
type Condition int

// The conditions.
const (
	NotFound    Condition = iota + 1 // no whole blob under that name
	Locked                           // the person has to unlock the keystore
	Unavailable                      // no such keystore here, or it does not answer
	TooLarge                         // the blob is larger than the keystore takes
	Damaged                          // what is stored does not match its checksum
	Misused                          // the call or a setting is wrong
)

// Error is a failure of a keystore.
type Error struct {
	Condition Condition
	Op        string // "put", "get", "delete", "probe", "open"
	Message   string // what happened, in words for a person
	Hint      string // what to do
	Err       error  // the cause, may be nil
}

// Error returns what happened.
func (e *Error) Error() string {
	if e.Err == nil || e.Condition == Locked {
		return e.Message // a cause would say the same in a machine's words
	}
	return e.Message + ": " + e.Err.Error()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is matches one of the sentinels below by its condition.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Op == "" && t.Message == "" && t.Condition == e.Condition
}

// Sentinels for errors.Is.
var (
	ErrNotFound    = &Error{Condition: NotFound}
	ErrLocked      = &Error{Condition: Locked}
	ErrUnavailable = &Error{Condition: Unavailable}
	ErrTooLarge    = &Error{Condition: TooLarge}
	ErrDamaged     = &Error{Condition: Damaged}
	ErrMisused     = &Error{Condition: Misused}
)

// ConditionOf returns the condition of the first *Error in err's chain, zero
// for any other error.
func ConditionOf(err error) Condition {
	var e *Error
	if errors.As(err, &e) {
		return e.Condition
	}
	return 0
}
