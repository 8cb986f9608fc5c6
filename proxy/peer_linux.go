package proxy

import (
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
)

// peerUID returns whose the socket at the other end of a connection within this
// machine is. A socket that nobody holds any more is not found: the system says
// root of it, whoever it was.
func peerUID(theirs, ours netip.AddrPort) (uid int, found, known bool) {
	if s, ok := diagnosed(theirs, ours); ok && s.inode != 0 {
		return s.uid, true, true
	}
	s, found, known := findSocket(func(s socket) bool { return s.local == theirs && s.remote == ours && s.inode != 0 })
	return s.uid, found, known
}

// peerPID returns the process at the other end of a connection within this machine,
// 0 where it cannot be found out.
func peerPID(theirs, ours netip.AddrPort) int {
	s, found, _ := findSocket(func(s socket) bool { return s.local == theirs && s.remote == ours && s.inode != 0 })
	if !found {
		return 0
	}
	return pidOf(s.inode)
}

// socketPID returns the process at the other end of a unix socket (SO_PEERCRED,
// unix(7)), 0 where it cannot be found out.
func socketPID(conn net.Conn) (pid int) {
	socket, ok := conn.(*net.UnixConn)
	if !ok {
		return 0
	}
	raw, err := socket.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) {
		if who, err := unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED); err == nil {
			pid = int(who.Pid)
		}
	})
	return pid
}
