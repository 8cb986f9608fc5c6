package foreign

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// ErrChanged says that somebody else wrote the file meanwhile.
var ErrChanged = errors.New("the file was changed meanwhile, by its program or another one")

// again reports an error when the file is not any more what was read.
func (f File) again() error {
	now, err := Read(f.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !f.Exists:
		return nil
	case err != nil || !f.Exists || !bytes.Equal(now, f.Text):
		return ErrChanged
	}
	return nil
}

// Write writes the file if it is still what was read, and returns where its text
// is kept; an empty place where there was no file.
func (f File) Write(next []byte) (kept string, err error) {
	err = f.replace(next, func() error {
		kept, err = f.keep(next)
		return err
	})
	return kept, err
}

// replace writes the file if it is still what was read; before it does, keep
// keeps what has to be kept.
func (f File) replace(next []byte, keep func() error) error {
	if err := os.MkdirAll(filepath.Dir(f.Path), 0o700); err != nil {
		return err
	}
	staged, err := atomicfile.Stage(f.Path, f.mode)
	if err != nil {
		return err
	}
	if err = f.again(); err == nil {
		err = keep()
	}
	if err != nil {
		staged.Discard()
		return err
	}
	if f.Exists {
		return staged.Commit(next)
	}
	if err = staged.CommitNew(next); errors.Is(err, fs.ErrExist) {
		return ErrChanged
	}
	return err
}
