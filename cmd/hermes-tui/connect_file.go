package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hermes-tui/hermes-tui/internal/atomicfile"
)

// errChanged says that somebody else wrote the file meanwhile.
var errChanged = errors.New("the file was changed meanwhile, by its program or another one")

// again reports an error when the file is not any more what was read.
func (c configFile) again() error {
	now, err := readConfig(c.path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !c.exists:
		return nil
	case err != nil || !c.exists || !bytes.Equal(now, c.text):
		return errChanged
	}
	return nil
}

// replace writes the file if it is still what was read; before it does, keep
// keeps what has to be kept.
func (c configFile) replace(next []byte, keep func() error) error {
	if err := os.MkdirAll(filepath.Dir(c.path), 0o700); err != nil {
		return err
	}
	staged, err := atomicfile.Stage(c.path, c.mode)
	if err != nil {
		return err
	}
	if err = c.again(); err == nil {
		err = keep()
	}
	if err != nil {
		staged.Discard()
		return err
	}
	if c.exists {
		return staged.Commit(next)
	}
	if err = staged.CommitNew(next); errors.Is(err, fs.ErrExist) {
		return errChanged
	}
	return err
}
