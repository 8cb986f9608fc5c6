package atomicfile

import (
	"os"
	"time"
)

// replace tries for two seconds: a reader, an indexer or a virus scanner may
// hold the target for a moment.
func replace(from, to string) error {
	var err error
	for pause := 5 * time.Millisecond; pause < time.Second; pause *= 2 {
		if err = os.Rename(from, to); err == nil {
			return nil
		}
		time.Sleep(pause)
	}
	return err
}

// syncFolder has nothing to do on Windows, where folders cannot be synced.
func syncFolder(string) error { return nil }
