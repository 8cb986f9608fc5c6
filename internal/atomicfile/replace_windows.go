package atomicfile

import (
	"errors"
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
// file, an indexer or a virus scanner may hold it for a moment. It tries often,
// since readers who come one after the other leave a writer only short moments.
func whileHeld(try func() error) error {
	pause := time.Millisecond
	for spent := time.Duration(0); ; spent += pause {
		err := try()
		if !held(err) || spent >= holdTime {
			return err
		}
		pause = min(2*pause, 20*time.Millisecond)
		time.Sleep(pause)
	}
}

// held reports whether an error may be gone in a moment. A file that is being
// replaced or deleted while others have it open answers that access is denied.
func held(err error) bool {
	return errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_LOCK_VIOLATION) ||
		errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_DELETE_PENDING)
}

// syncFolder has nothing to do on Windows, where folders cannot be synced.
func syncFolder(string) error { return nil }
