package proxy

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"os"
	"strconv"
	"strings"
)

// socket is a line of /proc/net/tcp (proc_net_tcp, Linux's
// Documentation/networking).
type socket struct {
	local, remote netip.AddrPort
	listening     bool
	uid           int
	inode         uint64 // 0 where no process has it any more
}

// findSocket returns the first TCP socket of this machine that fits. known is
// false where the system does not let us look.
func findSocket(fits func(socket) bool) (found socket, ok, known bool) {
	for _, path := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(path)
		if err != nil {
			continue
		}
		known = true
		for lines := bufio.NewScanner(f); lines.Scan(); {
			if s, read := parseSocket(lines.Text()); read && fits(s) {
				_ = f.Close()
				return s, true, true
			}
		}
		_ = f.Close()
	}
	return socket{}, false, known
}

// parseSocket reads a line such as
//
//	0: 0100007F:2253 0100007F:C8D2 01 00000000:00000000 00:00000000 00000000  1000        0 36519 …
func parseSocket(line string) (s socket, ok bool) {
	f := strings.Fields(line)
	if len(f) < 10 {
		return s, false
	}
	var err [3]error
	if s.local, err[0] = parseAddress(f[1]); err[0] != nil {
		return s, false
	}
	s.remote, err[0] = parseAddress(f[2])
	s.uid, err[1] = strconv.Atoi(f[7])
	s.inode, err[2] = strconv.ParseUint(f[9], 10, 64)
	s.listening = f[3] == "0A"
	return s, err == [3]error{}
}

// parseAddress reads an address in the machine's byte order, four bytes at a
// time.
func parseAddress(text string) (netip.AddrPort, error) {
	host, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	if err != nil {
		return netip.AddrPort{}, err
	}
	for i := 0; i+4 <= len(raw); i += 4 {
		binary.BigEndian.PutUint32(raw[i:], binary.NativeEndian.Uint32(raw[i:]))
	}
	addr, ok := netip.AddrFromSlice(raw)
	if !ok {
		return netip.AddrPort{}, strconv.ErrSyntax
	}
	n, err := strconv.ParseUint(port, 16, 16)
	return netip.AddrPortFrom(addr.Unmap(), uint16(n)), err
}
