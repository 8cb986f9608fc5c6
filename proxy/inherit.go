package proxy

import (
	"fmt"
	"net"
	"os"
	"strconv"
)

// firstInherited is the first file that systemd hands to a service
// (sd_listen_fds(3)).
const firstInherited = 3

// Inherited returns how many listeners the process was started with, by the
// protocol of systemd's socket activation: it holds the port also while no proxy
// runs, so that nobody else can take it.
func Inherited(getenv func(string) string, pid int) int {
	n, err := strconv.Atoi(getenv("LISTEN_FDS"))
	if err != nil || n < 0 || n > 64 || getenv("LISTEN_PID") != strconv.Itoa(pid) {
		return 0
	}
	return n
}

// Inherit returns the listeners that the process was started with. They are held
// to the same rules as those of [Listen]; a unix socket has the mode that its
// unit gave it.
func Inherit(n int, o ListenOptions) ([]net.Listener, error) {
	var all []net.Listener
	for fd := firstInherited; fd < firstInherited+n; fd++ {
		file := os.NewFile(uintptr(fd), "listener "+strconv.Itoa(fd))
		l, err := net.FileListener(file)
		_ = file.Close() // the listener has its own
		if err != nil {
			return nil, wrong(fmt.Sprintf("the inherited file %d is not a listener: %s", fd, reason(err)), "look at the socket unit")
		}
		if _, unix := l.(*net.UnixListener); !unix {
			if l, err = o.secured(l); err != nil {
				return nil, err
			}
		}
		all = append(all, l)
	}
	return all, nil
}
