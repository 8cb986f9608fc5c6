//go:build unix

package keystore

import (
	"fmt"
	"os"
	"syscall"
)

// checkKeyFile refuses a key that another user owns or can read.
func checkKeyFile(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return unreadableKey(path, err)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok && int(stat.Uid) != os.Geteuid() && stat.Uid != 0 {
		return &Error{
			Condition: Unavailable, Op: "open", Message: fmt.Sprintf("the key file %s belongs to another user", path),
			Hint: fmt.Sprintf("give it back: chown %d %s", os.Geteuid(), path),
		}
	}
	if info.Mode().Perm()&0o077 != 0 {
		return &Error{
			Condition: Unavailable, Op: "open",
			Message: fmt.Sprintf("the key file %s can be read by others (mode %04o)", path, info.Mode().Perm()),
			Hint:    "close it: chmod 600 " + path,
		}
	}
	return nil
}
