//go:build unix

package foreign

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// ours reports an error when the file, or the folder that it would be made in,
// is another user's, or when the file has further names: what is written is a
// new file, which would be this user's and have one name.
func (f File) ours() error {
	path := f.Path
	info, err := os.Stat(path)
	for errors.Is(err, fs.ErrNotExist) && filepath.Dir(path) != path {
		path = filepath.Dir(path)
		info, err = os.Stat(path)
	}
	if err != nil {
		return atomicfile.Reason(err)
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return nil
	case int(stat.Uid) != os.Geteuid():
		return fmt.Errorf("%s belongs to user %d, and this is user %d", path, stat.Uid, os.Geteuid())
	case f.Exists && stat.Nlink > 1:
		return errors.New("it has several names (hard links), and only one would be changed")
	}
	return nil
}
