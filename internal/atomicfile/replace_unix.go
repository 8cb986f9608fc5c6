//go:build unix

package atomicfile

import (
	"errors"
	"os"
	"syscall"
)

const (
	noFollow = syscall.O_NOFOLLOW
	noWait   = syscall.O_NONBLOCK // a pipe without a writer does not hold us up
)

// whileHeld tries once: nobody's hold on a file keeps others from it here.
func whileHeld(try func() error) error { return try() }

// syncFolder makes the rename itself durable. A file system that cannot sync
// folders answers that the call is invalid; there is nothing more to do on it.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	if closeErr := d.Close(); err == nil {
		err = closeErr
	}
	return err
}
