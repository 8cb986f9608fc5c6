//go:build !linux && !darwin && !freebsd && !netbsd && !openbsd && !dragonfly

package atomicfile

import (
	"os"
	"time"
)

// placedOpen says that a file is closed before it is given its name: Windows
// renames no open file.
const placedOpen = false

func hold(*os.File) bool { return true }

// writing reports whether the writer of a temporary file may live. Only its age
// tells.
func writing(_ string, age time.Duration) bool { return age < oldTemp }
