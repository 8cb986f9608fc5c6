package atomicfile

import (
	"os"
	"path/filepath"
)

// Replace writes data in the place of a file that exists, and keeps its mode,
// its owner and its group: for a file that another program made. Where path is a
// symbolic link, the file that it names is replaced. An owner or group that
// cannot be kept is an error, and nothing is changed.
func Replace(path string, data []byte) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	info, err := os.Stat(target)
	if err != nil {
		return err
	}
	s, err := Stage(target, info.Mode().Perm())
	if err != nil {
		return err
	}
	if err := keepOwner(s.file, info); err != nil {
		s.Discard()
		return err
	}
	return s.Commit(data)
}
