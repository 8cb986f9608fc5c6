package launchd

import (
	"os"

	"github.com/hermes-tui/hermes-tui/internal/launchd/libsystem"
)

// path is known to the loader; there is no such file on the disk.
const path = "/usr/lib/libSystem.B.dylib"

// Sockets returns the sockets that have the name in the property list of the job,
// each once in the life of a process. There are none where the list has no such
// name, or the process is no job of launchd's.
func Sockets(name string) ([]*os.File, error) {
	library, err := libsystem.Open(path)
	if err != nil {
		return nil, err
	}
	return library.Sockets(name)
}
