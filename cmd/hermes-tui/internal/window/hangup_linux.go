package window

import (
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// watchHangup ends the window when its terminal is gone. A window in a session
// of its own, as after `su` or in a container, is sent no SIGHUP then: it would
// stay for ever, and refresh accounts for nobody.
func watchHangup(terminal *os.File) {
	for {
		fds := []unix.PollFd{{Fd: int32(terminal.Fd())}}
		_, err := unix.Poll(fds, -1)
		if err != nil && err != unix.EINTR {
			return
		}
		if fds[0].Revents&unix.POLLHUP != 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGHUP)
			return
		}
	}
}
