package record

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/internal/lockfile"
)

// Lock is a lock held by this goroutine and no other, here or in another
// process.
type Lock struct {
	file    *lockfile.Lock
	release func()
}

// Unlock gives the lock back. It may be called once.
func (l *Lock) Unlock() error {
	err := l.file.Unlock()
	l.release()
	return err
}

// Remove deletes the lock's file, a note, and gives the lock back. It takes the
// place of Unlock.
func (l *Lock) Remove() error {
	err := l.file.Remove()
	l.release()
	return err
}

// Lock takes the lock of an account or of the proxy's key, waiting until ctx is done.
//
// Locks are taken in one order: an account's, then the pool file's, then the
// keyring's; and never those of two accounts at once.
func (f *Folder) Lock(ctx context.Context, id string) (*Lock, error) {
	if !known(id) {
		return nil, noSuchAccount(id)
	}
	lock, err := f.locks.acquire(ctx, f.acct(id, ".lock"))
	if errors.Is(err, fs.ErrNotExist) { // not even the folder is there
		return nil, noSuchAccount(id)
	}
	return lock, err
}

// TryLock takes the account's lock if it is free now. Without it, both results
// are nil.
func (f *Folder) TryLock(id string) (*Lock, error) {
	if !known(id) {
		return nil, noSuchAccount(id)
	}
	if err := f.CheckOwner(); err != nil {
		return nil, err
	}
	lock, err := f.locks.try(f.acct(id, ".lock"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, noSuchAccount(id)
	}
	return lock, err
}

// TryLockNote takes the lock on a note in the folder, a file of this name that is
// made if there is none. While somebody else has it, both results are nil.
func (f *Folder) TryLockNote(name string) (*Lock, error) { return f.locks.try(f.path(name)) }

// LockNote takes the lock on a note in the folder, and waits for it.
func (f *Folder) LockNote(ctx context.Context, name string) (*Lock, error) {
	return f.locks.acquire(ctx, f.path(name))
}

// locks are those of one folder.
type locks struct {
	dir     string
	mutexes mutexes
}

// try takes a lock if it is free now. Without it, both results are nil.
func (l *locks) try(path string) (*Lock, error) {
	release, ok := l.mutexes.try(path)
	if !ok {
		return nil, nil
	}
	file, ok, err := lockfile.Try(path)
	if err != nil || !ok {
		release()
		return nil, lockError(path, err)
	}
	return &Lock{file, release}, nil
}

// LockForeign takes another program's lock file, as that program does. The
// account's lock, if any, is held already.
func (f *Folder) LockForeign(ctx context.Context, path string) (*Lock, error) {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if err := checkOwner(filepath.Dir(path)); err != nil {
			return nil, err
		}
	}
	return f.locks.take(ctx, path, lockfile.AcquireForeign)
}

// acquire takes a lock in the folder. Where the folder is another's, not even a
// lock file is left there.
func (l *locks) acquire(ctx context.Context, path string) (*Lock, error) {
	if err := checkOwner(l.dir); err != nil {
		return nil, err
	}
	return l.take(ctx, path, lockfile.Acquire)
}

func (l *locks) take(ctx context.Context, path string, acquire func(context.Context, string) (*lockfile.Lock, error)) (*Lock, error) {
	release, err := l.mutexes.lock(ctx, path)
	if err != nil {
		return nil, err
	}
	file, err := acquire(ctx, path)
	if err != nil {
		release()
		return nil, lockError(path, err)
	}
	return &Lock{file, release}, nil
}

func lockError(path string, err error) error {
	var file *fs.PathError
	if errors.As(err, &file) {
		return unwritable(path, err)
	}
	if errors.Is(err, lockfile.ErrUnsupported) {
		return &autherr.Error{
			Kind: autherr.Keystore, Code: autherr.CodeForeignStore,
			Message: "the folder of the accounts is on a file system that cannot lock files",
			Hint:    "move it to a local disk (HERMES_TUI_HOME); nothing is refreshed without a lock",
			Err:     err,
		}
	}
	return err
}

// mutexes are one mutex per lock file. A kernel lock keeps other processes out;
// within a process they spare the file system the polling of every goroutine.
type mutexes struct {
	mu sync.Mutex
	by map[string]chan struct{}
}

func newMutexes() mutexes { return mutexes{by: map[string]chan struct{}{}} }

func (m *mutexes) get(path string) chan struct{} {
	m.mu.Lock()
	defer m.mu.Unlock()
	ch, ok := m.by[path]
	if !ok {
		ch = make(chan struct{}, 1)
		m.by[path] = ch
	}
	return ch
}

func (m *mutexes) lock(ctx context.Context, path string) (release func(), err error) {
	if release, ok := m.try(path); ok { // who need not wait asks for no end
		return release, nil
	}
	ch := m.get(path)
	select {
	case ch <- struct{}{}:
		return func() { <-ch }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (m *mutexes) try(path string) (release func(), ok bool) {
	ch := m.get(path)
	select {
	case ch <- struct{}{}:
		return func() { <-ch }, true
	default:
		return nil, false
	}
}
