//go:build unix

package lockfile

import (
	"os"
	"syscall"
	"testing"
)

func TestUnsupported_AnswersOfTheKernel(t *testing.T) {
	for errno, want := range map[syscall.Errno]bool{
		syscall.ENOLCK: true, syscall.EOPNOTSUPP: true, syscall.ENOSYS: true, syscall.EINVAL: true,
		syscall.EACCES: false, syscall.ENOSPC: false, syscall.EINTR: false,
	} {
		if got := unsupported(&os.PathError{Op: "flock", Path: "x", Err: errno}); got != want {
			t.Errorf("%v: %v, want %v", errno, got, want)
		}
	}
}
