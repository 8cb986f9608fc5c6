//go:build unix

package keystore

import (
	"fmt"
	"os"
	"syscall"
)

// checkKeyFile refuses a key that another user owns or can read.
func checkKeyFile(file *os.File, path string) error {
	info, err := file.Stat()
	if err != nil {
		return unreadableKey(path, err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return unreadableKey(path, syscall.ENOTSUP)
	}
	return checkOwner(path, int(stat.Uid), int(stat.Gid), os.Geteuid(), info.Mode().Perm())
}

// checkOwner decides by owner and mode. A systemd credential belongs to root;
// when it is given to us by an access list, the list shows as the right of the
// group root to read.
func checkOwner(path string, uid, gid, us int, mode os.FileMode) error {
	if uid != us && uid != 0 {
		return &Error{
			Condition: Unavailable, Op: "open", Message: fmt.Sprintf("the key file %s belongs to another user", path),
			Hint: "run hermes-tui as its owner, or give the file back with chown",
		}
	}
	others := os.FileMode(0o077)
	if uid == 0 && gid == 0 {
		others = 0o037
	}
	if mode&others != 0 {
		return &Error{
			Condition: Unavailable, Op: "open",
			Message: fmt.Sprintf("the key file %s can be read by others (mode %04o)", path, mode),
			Hint:    "close it: chmod 600 " + path,
		}
	}
	return nil
}
