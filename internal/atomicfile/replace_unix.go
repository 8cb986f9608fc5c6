//go:build unix

package atomicfile

import "os"

func replace(from, to string) error { return os.Rename(from, to) }

// syncFolder makes the rename itself durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if closeErr := d.Close(); err == nil {
		err = closeErr
	}
	return err
}
