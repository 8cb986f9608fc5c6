package atomicfile

import (
	"os"
	"time"
)

// replaceTime is how long a replacement is tried.
const replaceTime = 2 * time.Second

// replace tries for a while: a reader, an indexer or a virus scanner may hold
// the target for a moment.
func replace(from, to string) error {
	pause := 5 * time.Millisecond
	for spent := time.Duration(0); ; spent += pause {
		err := os.Rename(from, to)
		if err == nil || spent >= replaceTime {
			return err
		}
		pause = min(2*pause, 100*time.Millisecond)
		time.Sleep(pause)
	}
}

// syncFolder has nothing to do on Windows, where folders cannot be synced.
func syncFolder(string) error { return nil }
