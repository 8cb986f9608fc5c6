package atomicfile

import (
	"io/fs"
	"os"
)

// keepOwner has nothing to do: a new file inherits the folder's access list, as
// the old one did.
func keepOwner(*os.File, fs.FileInfo) error { return nil }
