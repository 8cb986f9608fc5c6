//go:build darwin || freebsd

package machineid

import (
	"runtime"

	"golang.org/x/sys/unix"
)

// systemID asks the kernel for the hardware's UUID.
func systemID() string {
	name := "kern.hostuuid"
	if runtime.GOOS == "darwin" {
		name = "kern.uuid"
	}
	id, err := unix.Sysctl(name)
	if err != nil {
		return ""
	}
	return id
}
