package lockfile

import (
	"errors"
	"syscall"
)

// errInvalidFunction is what LockFileEx answers on a file system without locks.
const errInvalidFunction = syscall.Errno(1)

func noLocks(err error) bool { return errors.Is(err, errInvalidFunction) }
