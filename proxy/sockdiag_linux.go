package proxy

import (
	"bytes"
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// The parts of a question to the kernel about one socket, and of its answer
// (sock_diag(7), linux/inet_diag.h).
const (
	sockDiagByFamily = 20
	diagHeader       = unix.NLMSG_HDRLEN
	diagID           = diagHeader + 8 // of the question; the answer's is 4 bytes before
	diagQuestion     = diagHeader + 56
	diagUID          = diagHeader + 64 // of the answer
	diagAnswer       = diagHeader + 72
	diagPorts        = 36 // bytes of an id: two ports and two addresses
)

// diagnosed returns an IPv4 socket by its two ends. The kernel finds it by them, for
// a hundredth of what it takes to list all sockets; ok is false where it does not
// tell of it, which says nothing: the list does.
func diagnosed(local, remote netip.AddrPort) (s socket, ok bool) {
	if !local.Addr().Is4() || !remote.Addr().Is4() {
		return s, false
	}
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return s, false
	}
	defer func() { _ = unix.Close(fd) }()
	var ask [diagQuestion]byte
	binary.NativeEndian.PutUint32(ask[0:], diagQuestion)
	binary.NativeEndian.PutUint16(ask[4:], sockDiagByFamily)
	binary.NativeEndian.PutUint16(ask[6:], unix.NLM_F_REQUEST)
	ask[diagHeader], ask[diagHeader+1] = unix.AF_INET, unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(ask[diagHeader+4:], ^uint32(0)) // in any state
	id := ask[diagID : diagID+48]
	binary.BigEndian.PutUint16(id[0:], local.Port())
	binary.BigEndian.PutUint16(id[2:], remote.Port())
	from, to := local.Addr().As4(), remote.Addr().As4()
	copy(id[4:], from[:])
	copy(id[20:], to[:])
	copy(id[40:], "\xff\xff\xff\xff\xff\xff\xff\xff") // no cookie
	if unix.Sendto(fd, ask[:], 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}) != nil {
		return s, false
	}
	var said [1024]byte
	n, _, err := unix.Recvfrom(fd, said[:], unix.MSG_DONTWAIT) // it is there when the question was sent
	if err != nil || n < diagAnswer || binary.NativeEndian.Uint16(said[4:]) != sockDiagByFamily || said[diagHeader] != unix.AF_INET {
		return s, false
	}
	if !bytes.Equal(said[diagID-4:diagID-4+diagPorts], id[:diagPorts]) { // one that only listens at the port
		return s, false
	}
	return socket{
		local: local, remote: remote,
		uid:   int(binary.NativeEndian.Uint32(said[diagUID:])),
		inode: uint64(binary.NativeEndian.Uint32(said[diagUID+4:])),
	}, true
}
