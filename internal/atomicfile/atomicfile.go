// Package atomicfile replaces files so that a reader sees the old bytes or the
// new ones, never a part, and so that the new ones survive a power cut.
//
// A write goes to a temporary file in the same folder, made exclusively with
// mode 0600; it is synced, renamed over the target, and the folder is synced. On
// Windows, where a reader can hold the target for a moment, the rename is tried
// again for two seconds.
package atomicfile

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const suffix = ".tmp"

// Write replaces the file at path with data. A target that is a symbolic link
// is refused.
func Write(path string, data []byte, perm os.FileMode) error {
	s, err := Stage(path, perm)
	if err != nil {
		return err
	}
	return s.Commit(data)
}

// WriteLoose is [Write] of what may be lost: nothing is synced, so that after a power
// cut the file may be the old one, or empty.
func WriteLoose(path string, data []byte, perm os.FileMode) error {
	s, err := Stage(path, perm)
	if err != nil {
		return err
	}
	s.loose = true
	return s.Commit(data)
}

// Staged is a temporary file that is ready to become another: that the folder
// can be written is proved already.
type Staged struct {
	file   *os.File
	target string
	loose  bool // nothing is synced
}

// Stage makes the temporary file for path.
func Stage(path string, perm os.FileMode) (*Staged, error) {
	if info, err := os.Lstat(path); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		return nil, fmt.Errorf("%s is a symbolic link, which is not written through", path)
	}
	file, err := temporary(path)
	if err != nil {
		return nil, err
	}
	if perm != 0o600 {
		if err := file.Chmod(perm); err != nil {
			_ = file.Close()
			_ = os.Remove(file.Name())
			return nil, err
		}
	}
	return &Staged{file: file, target: path}, nil
}

// Reserve takes n bytes on the disk, so that committing no more than that needs
// none. After an error the temporary file is gone.
func (s *Staged) Reserve(n int) error {
	_, err := s.file.Write(make([]byte, n))
	if err == nil {
		err = s.file.Sync()
	}
	if err != nil {
		s.Discard()
	}
	return err
}

// temporary makes a file beside path that nobody else takes for abandoned.
func temporary(path string) (*os.File, error) {
	for {
		var tail [8]byte
		_, _ = rand.Read(tail[:]) // never fails
		name := "." + filepath.Base(path) + "." + hex.EncodeToString(tail[:]) + suffix
		file, err := os.OpenFile(filepath.Join(filepath.Dir(path), name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil || hold(file) {
			return file, err
		}
		_ = file.Close()
	}
}

// Commit writes data and puts it in the target's place. After an error the
// temporary file is gone and the target is what it was, unless only the folder
// could not be synced: then the new bytes are there, but a power cut may undo
// it.
func (s *Staged) Commit(data []byte) error { return s.commit(data, Rename) }

// CommitNew writes data to a target that must not exist yet. If it does, the
// error is [fs.ErrExist] and the target stays what it was; of two who try at
// once one wins.
func (s *Staged) CommitNew(data []byte) error { return s.commit(data, publish) }

func (s *Staged) commit(data []byte, place func(from, to string) error) error {
	err := s.write(data)
	if !placedOpen {
		err = errors.Join(err, s.file.Close())
	}
	if err == nil {
		err = place(s.file.Name(), s.target)
	}
	if placedOpen { // it is held until it has its name
		_ = s.file.Close()
	}
	if err != nil {
		_ = os.Remove(s.file.Name())
		return err
	}
	if s.loose {
		return nil
	}
	return syncFolder(filepath.Dir(s.target))
}

// publish gives the file its name without replacing another. A link does so
// atomically; where there are no links a look before the rename must do.
func publish(from, to string) error {
	err := os.Link(from, to)
	if err == nil {
		_ = Remove(from) // it has its name; what is left of this one is among [Abandoned]
		return nil
	}
	if errors.Is(err, fs.ErrExist) {
		return err
	}
	return publishByName(from, to)
}

func publishByName(from, to string) error {
	if _, err := os.Lstat(to); err == nil {
		return &fs.PathError{Op: "publish", Path: to, Err: fs.ErrExist}
	}
	return Rename(from, to)
}

// Rename gives a file the name to, replacing a file of that name. On Windows it
// is tried again for two seconds, as in [Write].
func Rename(from, to string) error {
	return whileHeld(func() error { return os.Rename(from, to) })
}

// Remove removes a file. On Windows, where nobody can remove what another is
// reading at that moment, it is tried again for two seconds.
func Remove(path string) error {
	return whileHeld(func() error { return os.Remove(path) })
}

func (s *Staged) write(data []byte) error {
	if _, err := s.file.WriteAt(data, 0); err != nil {
		return err
	}
	if err := s.file.Truncate(int64(len(data))); err != nil {
		return err
	}
	if s.loose {
		return nil
	}
	return s.file.Sync()
}

// Discard removes the temporary file.
func (s *Staged) Discard() {
	_ = s.file.Close()
	_ = os.Remove(s.file.Name())
}

// Abandoned returns the temporary files in dir, by name, whose writers have
// ended: ".NAME.RANDOM.tmp". Where the system does not tell, one that is over an
// hour old at now counts as abandoned. One that was made at this very moment may be
// among them: [RemoveAbandoned] looks again.
func Abandoned(dir string, now time.Time) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range entries {
		if !strings.HasPrefix(e.Name(), ".") || !strings.HasSuffix(e.Name(), suffix) {
			continue
		}
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() {
			unlessWriting(filepath.Join(dir, e.Name()), now.Sub(info.ModTime()), func() { names = append(names, e.Name()) })
		}
	}
	return names, err
}

// RemoveAbandoned removes a temporary file if it is [Abandoned] still.
func RemoveAbandoned(path string, now time.Time) {
	if info, err := os.Lstat(path); err == nil && info.Mode().IsRegular() {
		unlessWriting(path, now.Sub(info.ModTime()), func() { _ = os.Remove(path) })
	}
}

// oldTemp is how old a temporary file is that nobody will finish.
const oldTemp = time.Hour
