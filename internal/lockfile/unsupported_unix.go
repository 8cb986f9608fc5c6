//go:build unix

package lockfile

import (
	"errors"
	"syscall"
)

const (
	noFollow = syscall.O_NOFOLLOW
	noWait   = syscall.O_NONBLOCK // a pipe without a reader does not hold us up
)

// noLocks knows the answers of network and FUSE file systems without locks.
func noLocks(err error) bool {
	for _, no := range []error{syscall.ENOLCK, syscall.EOPNOTSUPP, syscall.ENOSYS, syscall.EINVAL} {
		if errors.Is(err, no) {
			return true
		}
	}
	return false
}
