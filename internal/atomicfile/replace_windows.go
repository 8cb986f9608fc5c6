package atomicfile

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// holdTime is how long another program's hold on a file is waited for.
const holdTime = 2 * time.Second

const (
	noFollow = 0 // there is no such flag; the file was looked at before
	noWait   = 0
)

// whileHeld tries for a while: a reader, a writer that is just replacing the
// file, an indexer or a virus scanner may hold it for a moment.
func whileHeld(try func() error) error {
	pause := 5 * time.Millisecond
	for spent := time.Duration(0); ; spent += pause {
		err := try()
		if !held(err) || spent >= holdTime {
			return err
		}
		pause = min(2*pause, 100*time.Millisecond)
		time.Sleep(pause)
	}
}

// held reports whether an error may be gone in a moment. A file that is being
// replaced or deleted while others have it open answers that access is denied.
func held(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) ||
		errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_DELETE_PENDING)
}

func replace(from, to string) error {
	return whileHeld(func() error { return os.Rename(from, to) })
}

// syncFolder has nothing to do on Windows, where folders cannot be synced.
func syncFolder(string) error { return nil }
