//go:build unix

package token

import "syscall"

// ownSession starts a child where a closed terminal and ctrl-c do not reach it.
func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
