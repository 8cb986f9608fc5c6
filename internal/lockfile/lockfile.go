// Package lockfile takes kernel locks on files: one holder at a time among all
// goroutines and processes of the machine, free again the moment its holder
// ends, however it ends.
//
// Each lock uses a descriptor of its own, because two goroutines that share one
// would both be let in. A lock file is removed by nobody but its holder
// ([Lock.Remove]): the kernel locks the file, not its name, and a new file under the
// old name would be a second lock. Who gets the lock of a file that has lost its
// name takes the one that has it. No lock is ever broken because it seems old.
//
// Waiting is polling, and nobody has precedence: goroutines of one process that
// want the same lock should queue at a mutex of their own first.
package lockfile

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"time"

	"github.com/gofrs/flock"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// ErrUnsupported is returned where the file system cannot lock. Going on
// without a lock would be worse than stopping.
var ErrUnsupported = errors.New("the file system cannot lock files")

// Lock is a held lock.
type Lock struct{ held *flock.Flock }

// Unlock gives the lock back. The file stays.
func (l *Lock) Unlock() error { return l.held.Unlock() }

// Remove deletes the file and gives the lock back. Windows deletes no file that is
// open, so that it goes afterwards there; who has taken it in between keeps it.
func (l *Lock) Remove() error {
	path := l.held.Path()
	gone := os.Remove(path)
	err := l.held.Unlock()
	if gone != nil && !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, os.Remove(path))
	}
	return err
}

// Try takes the lock at path if it is free now; ok says whether it was. The
// file is made with mode 0600 when it is missing. What is no regular file is not
// opened, and no symbolic link is followed at its name.
func Try(path string) (lock *Lock, ok bool, err error) { return attempt(path, ours()) }

// manner is how a lock file is opened.
type manner struct {
	look func(string) (fs.FileInfo, error)
	flag int
}

func ours() manner    { return manner{os.Lstat, noFollow} }
func foreign() manner { return manner{os.Stat, 0} }

func attempt(path string, how manner) (lock *Lock, ok bool, err error) {
	for {
		if info, err := how.look(path); err == nil && !info.Mode().IsRegular() {
			return nil, false, &fs.PathError{Op: "lock", Path: path, Err: atomicfile.NotFile{Mode: info.Mode().Type()}}
		}
		f := flock.New(path, flock.SetPermissions(0o600), flock.SetFlag(os.O_CREATE|os.O_RDWR|noWait|how.flag))
		ok, err := f.TryLock()
		if err != nil {
			_ = f.Close()
			if unsupported(err) {
				return nil, false, fmt.Errorf("%w: %w", ErrUnsupported, err)
			}
			return nil, false, err
		}
		if !ok {
			_ = f.Close()
			return nil, false, nil
		}
		if same(f, path, how) {
			return &Lock{f}, true, nil
		}
		// The file was replaced between opening and locking it.
		_ = f.Unlock()
	}
}

// Acquire waits for the lock at path until ctx is done. Among those who wait
// nobody has precedence.
func Acquire(ctx context.Context, path string) (*Lock, error) { return acquire(ctx, path, ours()) }

// AcquireForeign is [Acquire] for another program's lock file: where path is a
// symbolic link, the file that it names is locked.
func AcquireForeign(ctx context.Context, path string) (*Lock, error) {
	return acquire(ctx, path, foreign())
}

func acquire(ctx context.Context, path string, how manner) (*Lock, error) {
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		lock, ok, err := attempt(path, how)
		if err != nil || ok {
			return lock, err
		}
		timer := time.NewTimer(pause/2 + rand.N(pause))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		case <-timer.C:
		}
	}
}

// same reports whether the locked file is the one that path names.
func same(f *flock.Flock, path string, how manner) bool {
	held, err := f.Stat()
	if err != nil {
		return false
	}
	named, err := how.look(path)
	return err == nil && os.SameFile(held, named)
}

func unsupported(err error) bool { return errors.Is(err, errors.ErrUnsupported) || noLocks(err) }
