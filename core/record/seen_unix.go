//go:build unix

package record

import (
	"os"

	"golang.org/x/sys/unix"
)

// seenIn is [seen] for a name in an open folder. One call without the way to the
// folder is what makes a look at ten thousand of them cheap.
func seenIn(dir *os.File, name string) (headVersion, error) {
	var info unix.Stat_t
	if err := unix.Fstatat(int(dir.Fd()), name, &info, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return headVersion{}, err
	}
	return headVersion{info.Mtim.Nano(), info.Size}, nil
}
