//go:build unix

package lockfile

import (
	"errors"
	"syscall"
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
