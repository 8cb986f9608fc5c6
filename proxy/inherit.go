package proxy

import (
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
		l, err := o.handedOver(file, "the inherited file "+strconv.Itoa(fd), "look at the socket unit")
		if err != nil {
			return closed(all, err)
		}
		all = append(all, l)
	}
	return all, nil
}

// closed is what is returned of the listeners when one of them cannot be had.
func closed(all []net.Listener, err error) ([]net.Listener, error) {
	for _, l := range all {
		_ = l.Close()
	}
	return nil, err
}

// handedOver is the listener that a file is, which is closed: the listener has its
// own. The error for what is none names it, and says what to do.
func (o ListenOptions) handedOver(file *os.File, name, hint string) (net.Listener, error) {
	l, err := net.FileListener(file)
	_ = file.Close()
	if err != nil {
		return nil, wrong(name+" is not a listener: "+reason(err), hint)
	}
	if _, unix := l.(*net.UnixListener); unix {
		return l, nil
	}
	return o.secured(l)
}
