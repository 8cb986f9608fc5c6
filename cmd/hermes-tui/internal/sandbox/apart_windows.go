package sandbox

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// apart starts a process where a closed console and ctrl-c do not reach it: it is ended
// when nothing needs it any more.
func apart() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.DETACHED_PROCESS, HideWindow: true}
}
