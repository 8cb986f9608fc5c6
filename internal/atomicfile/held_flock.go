//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package atomicfile

import (
	"errors"
	"os"
	"syscall"
	"time"
)

// placedOpen says that a file is given its name while it is still open, so that
// its lock is held until then.
const placedOpen = true

// hold locks a temporary file for as long as its writer lives: the kernel gives
// the lock back when the writer ends, however it ends. A file system without
// locks does without. It reports whether the file is still there: somebody who
// cleans up may have seen it before it was locked.
func hold(file *os.File) bool {
	_ = syscall.Flock(int(file.Fd()), syscall.LOCK_EX) // taken by others for a moment only
	held, err := file.Stat()
	if err != nil {
		return true
	}
	named, err := os.Lstat(file.Name())
	return err == nil && os.SameFile(held, named)
}

// writing reports whether the writer of a temporary file of this age lives, or
// whether that cannot be told.
func writing(path string, age time.Duration) bool {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return age < oldTemp
	}
	defer func() { _ = file.Close() }()
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) { // no locks here
		return age < oldTemp
	}
	return err != nil
}
