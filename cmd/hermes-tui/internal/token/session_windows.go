package token

import (
	"syscall"

	"golang.org/x/sys/windows"
)

// ownSession starts a child where a closed console and ctrl-c do not reach it.
func ownSession() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP | windows.DETACHED_PROCESS, HideWindow: true}
}
