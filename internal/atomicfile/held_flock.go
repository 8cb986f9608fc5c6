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

// unlessWriting calls do if nobody writes a temporary file of this age. Its lock is
// held meanwhile: a writer that has made it, and comes for its lock after do has
// removed it, finds it gone and makes another.
func unlessWriting(path string, age time.Duration, do func()) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
	if err == nil {
		defer func() { _ = file.Close() }()
		err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	}
	unlocked := err != nil && !errors.Is(err, syscall.EWOULDBLOCK) // no locks here, or it cannot be opened
	if err == nil || unlocked && age >= oldTemp {
		do()
	}
}
