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

// unlessWriting calls do if nobody writes a temporary file any more. Only its age
// tells.
func unlessWriting(_ string, age time.Duration, do func()) {
	if age >= oldTemp {
		do()
	}
}
