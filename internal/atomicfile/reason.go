package atomicfile

import (
	"errors"
	"io/fs"
)

// Reason is err without the path that errors of files repeat, for sentences that
// name the file themselves.
func Reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
