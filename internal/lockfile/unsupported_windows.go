package lockfile

import (
	"errors"
	"syscall"
)

// Making a symbolic link is a privilege on Windows, and opening waits for nobody.
const noFollow, noWait = 0, 0

// errInvalidFunction is what LockFileEx answers on a file system without locks.
const errInvalidFunction = syscall.Errno(1)

func noLocks(err error) bool { return errors.Is(err, errInvalidFunction) }
