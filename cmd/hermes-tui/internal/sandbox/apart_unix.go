//go:build unix

package sandbox

import "syscall"

// apart starts a process where a closed terminal and ctrl-c do not reach it: it is
// ended when nothing needs it any more.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
