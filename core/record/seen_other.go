//go:build !unix

package record

import (
	"os"
	"path/filepath"
)

// seenIn is [seen] for a name in an open folder.
func seenIn(dir *os.File, name string) (headVersion, error) {
	return seen(filepath.Join(dir.Name(), name))
}
