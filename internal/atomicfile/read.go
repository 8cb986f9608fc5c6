package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// ErrTooLarge is returned for a file that is larger than its reader takes.
var ErrTooLarge = errors.New("it is larger than any such file")

// NotFile is the error for something else in the place of a file: opening it
// could wait for ever, or move a tape.
type NotFile struct{ Mode fs.FileMode }

// Error says what it is.
func (e NotFile) Error() string {
	what := "something else"
	switch {
	case e.Mode.IsDir():
		what = "a folder"
	case e.Mode&fs.ModeSymlink != 0:
		what = "a symbolic link"
	case e.Mode&fs.ModeNamedPipe != 0:
		what = "a named pipe"
	case e.Mode&fs.ModeSocket != 0:
		what = "a socket"
	case e.Mode&fs.ModeDevice != 0:
		what = "a device"
	}
	return "it is " + what + ", not a file"
}

// Read returns the bytes of a file of ours, at most limit of them. What is no
// regular file is not opened, and no symbolic link is followed at its name.
func Read(path string, limit int64) ([]byte, error) { return read(path, limit, false) }

// ReadForeign is [Read] for a file that a person or another program keeps: where
// path is a symbolic link, the file that it names is read.
func ReadForeign(path string, limit int64) ([]byte, error) { return read(path, limit, true) }

func read(path string, limit int64, follow bool) (data []byte, err error) {
	err = whileHeld(func() error {
		data, err = readOnce(path, limit, follow)
		return err
	})
	return data, err
}

func readOnce(path string, limit int64, follow bool) ([]byte, error) {
	file, err := openOnce(path, os.O_RDONLY, follow)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, &fs.PathError{Op: "read", Path: path, Err: ErrTooLarge}
	}
	return data, nil
}

// Open opens a file of ours for reading, as [Read] does.
func Open(path string) (*os.File, error) { return open(path, os.O_RDONLY, false) }

// OpenForeign opens another's file for reading, as [ReadForeign] does.
func OpenForeign(path string) (*os.File, error) { return open(path, os.O_RDONLY, true) }

// Append opens a file of ours for reading and for writing at its end, making it
// with mode 0600 when it is missing. As with [Read], nothing is written through
// a link or into a pipe. A second name of the file is no harm: only we can give
// it one, and so do backups.
func Append(path string) (*os.File, error) {
	return open(path, os.O_CREATE|os.O_APPEND|os.O_RDWR, false)
}

func open(path string, flag int, follow bool) (file *os.File, err error) {
	err = whileHeld(func() error {
		file, err = openOnce(path, flag, follow)
		return err
	})
	return file, err
}

// openOnce opens a regular file. It is looked at before, because opening is an
// act for some devices, and again afterwards, because the name may lead
// elsewhere by then.
func openOnce(path string, flag int, follow bool) (*os.File, error) {
	look := os.Lstat
	if follow {
		look = os.Stat
	} else {
		flag |= noFollow
	}
	info, err := look(path)
	switch {
	case err == nil:
		if err := regular(path, info); err != nil {
			return nil, err
		}
	case !errors.Is(err, fs.ErrNotExist) || flag&os.O_CREATE == 0:
		return nil, err
	}
	file, err := os.OpenFile(path, flag|noWait, 0o600)
	if err != nil {
		return nil, err
	}
	if info, err = file.Stat(); err == nil {
		err = regular(path, info)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}

func regular(path string, info fs.FileInfo) error {
	if info.Mode().IsRegular() {
		return nil
	}
	return &fs.PathError{Op: "open", Path: path, Err: NotFile{info.Mode().Type()}}
}
