package proxy

import (
	"fmt"
	"net"
	"os"
)

// InheritLaunchd returns the listeners that launchd holds for the process, taken
// by sockets, which has none for a name that is not in the property list. They are
// called "proxy" and "unix" there, and held to the same rules as those of [Listen]
// and [ListenUnix]. One that cannot be taken is an error of kind Usage: programs
// would not reach what listens in its place.
func InheritLaunchd(sockets func(name string) ([]*os.File, error), o ListenOptions) ([]net.Listener, error) {
	var all []net.Listener
	for _, name := range []string{"proxy", "unix"} {
		files, err := sockets(name)
		if err != nil {
			return closed(all, wrong(fmt.Sprintf("launchd does not hand over its socket %q: %s", name, reason(err)),
				"look with `lsof -nP -iTCP -sTCP:LISTEN` whether another program has its port, then load the property list anew with `launchctl bootout` and `launchctl bootstrap`"))
		}
		for _, file := range files {
			l, err := o.handedOver(file, fmt.Sprintf("launchd's socket %q", name), "look at the property list")
			if err != nil {
				return closed(all, err)
			}
			all = append(all, l)
			if err := private(l.Addr()); err != nil {
				return closed(all, err)
			}
		}
	}
	return all, nil
}

// private returns an error for a unix socket that others may write to, which is all
// that a connection takes. A property list knows no octal numbers, so that a mode
// is soon another one than was meant.
func private(at net.Addr) error {
	if at.Network() != "unix" {
		return nil
	}
	info, err := os.Lstat(at.String())
	if err != nil {
		return wrong("launchd's socket cannot be looked at: "+err.Error(), "load the property list anew with `launchctl bootout` and `launchctl bootstrap`")
	}
	if mode := info.Mode().Perm(); mode&0o022 != 0 {
		return wrong(fmt.Sprintf("others can use the socket %s (mode %04o)", at, mode), "set SockPathMode to 384, which is 0600, in the property list, and load it anew")
	}
	return nil
}
