// Package private makes folders that one person alone may change, and judges
// those that exist: whose they are, and who could put something else in their
// place. It is as strict as ssh is with the folders above its keys
// (StrictModes), and as lenient: a folder of root's is fine, so is a sticky one
// as /tmp, and so is one that a group may write in which nobody else is.
//
// Windows, where the access list of a person's profile keeps others out, has
// nothing to judge.
package private

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Fault is what is wrong with a folder.
type Fault struct {
	Path string
	Mode os.FileMode // permissions that let others write; 0 where the owner is the fault
	UID  int         // owner that is neither we nor root
}

// Error says what is wrong.
func (f *Fault) Error() string {
	if f.Mode != 0 {
		return fmt.Sprintf("others can change the folder %s (mode %04o), and with it what lies below", f.Path, f.Mode)
	}
	return fmt.Sprintf("the folder %s belongs to another user (%d)", f.Path, f.UID)
}

// Cure says what to do about it.
func (f *Fault) Cure() string {
	if f.Mode != 0 {
		return "close it: chmod go-w '" + strings.ReplaceAll(f.Path, "'", `'\''`) + "'"
	}
	return "run hermes-tui as its owner, or name a folder of your own with HERMES_TUI_HOME"
}

// Make makes dir and what is missing above it, for us alone. Nothing is made
// where [Owner] says no.
func Make(dir string) error {
	if err := Owner(dir); err != nil {
		return err
	}
	return os.MkdirAll(dir, 0o700)
}

// Owner returns a [*Fault] unless dir is ours, or where it does not exist the
// nearest folder above it that does: what root makes in another's home locks
// its owner out. For others than root a folder of root's will do.
func Owner(dir string) error {
	for at := dir; ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		if err == nil {
			return owned(at, info, at == dir)
		}
		if filepath.Dir(at) == at {
			return nil
		}
	}
}

// Faults returns what is wrong with dir and with each folder above it, the
// topmost first; a folder that does not exist yet has no fault. Nothing is
// judged by its mode on a file system that keeps none.
func Faults(dir string) (found []*Fault) {
	for at, below := existing(dir), ""; ; at, below = filepath.Dir(at), at {
		if at == below || at == "" {
			break
		}
		if fault := judge(at, dir); fault != nil {
			found = append([]*Fault{fault}, found...)
		}
	}
	return found
}

// existing returns where the nearest folder really is that exists.
func existing(dir string) string {
	for at := dir; ; at = filepath.Dir(at) {
		if real, err := filepath.EvalSymlinks(at); err == nil {
			return real
		}
		if filepath.Dir(at) == at {
			return at
		}
	}
}

// Close takes the rights of all others off a folder that is ours, and returns
// the mode that it had; 0 where nothing was changed: it is closed, not there, or
// on a file system that keeps no modes.
func Close(dir string) (was os.FileMode, err error) { return shut(dir, 0o077) }

// CloseForWriting is [Close] for a folder that others may read.
func CloseForWriting(dir string) (was os.FileMode, err error) {
	return shut(dir, 0o022)
}

func shut(dir string, others os.FileMode) (was os.FileMode, err error) {
	info, err := os.Stat(dir)
	if err != nil || !info.IsDir() || !ours(info) || info.Mode().Perm()&others == 0 {
		return 0, nil //nolint:nilerr // a folder that is not there is closed
	}
	was = info.Mode().Perm()
	if err := os.Chmod(dir, was&^others); err != nil {
		return was, err
	}
	if now, err := os.Stat(dir); err == nil && now.Mode().Perm() == was {
		return 0, nil
	}
	return was, nil
}
