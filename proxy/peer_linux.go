package proxy

import "net/netip"

// peerUID returns whose the socket at the other end of a connection within this
// machine is. A socket that nobody holds any more is not found: the system says
// root of it, whoever it was.
func peerUID(theirs, ours netip.AddrPort) (uid int, found, known bool) {
	s, found, known := findSocket(func(s socket) bool { return s.local == theirs && s.remote == ours && s.inode != 0 })
	return s.uid, found, known
}
