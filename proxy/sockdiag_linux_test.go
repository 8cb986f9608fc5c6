package proxy

import (
	"net"
	"net/netip"
	"testing"
)

// What the kernel says of one socket is what stands in its list of all.
func TestDiagnosed_IsWhatTheListSays(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	theirs, ours := addrPort(conn.LocalAddr()), addrPort(conn.RemoteAddr())
	got, ok := diagnosed(theirs, ours)
	if !ok {
		t.Skip("this kernel tells of no single socket")
	}
	want, found, _ := findSocket(func(s socket) bool { return s.local == theirs && s.remote == ours })
	if !found || got != want {
		t.Errorf("%+v, listed as %+v (%v)", got, want, found)
	}
	nobody := netip.AddrPortFrom(theirs.Addr(), 1)
	for name, ends := range map[string][2]netip.AddrPort{
		"who listens, asked by a stranger's port": {ours, nobody},
		"nobody":                 {nobody, ours},
		"another way around":     {netip.AddrPortFrom(netip.IPv6Loopback(), theirs.Port()), ours},
		"another port at theirs": {theirs, nobody},
	} {
		if s, ok := diagnosed(ends[0], ends[1]); ok {
			t.Errorf("%s: %+v", name, s)
		}
	}
}

// BenchmarkPeerUID is what the first request of a connection pays.
func BenchmarkPeerUID(b *testing.B) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	conn, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	theirs, ours := addrPort(conn.LocalAddr()), addrPort(conn.RemoteAddr())
	b.Run("asked", func(b *testing.B) {
		for b.Loop() {
			_, _, _ = peerUID(theirs, ours)
		}
	})
	b.Run("listed", func(b *testing.B) {
		for b.Loop() {
			_, _, _ = findSocket(func(s socket) bool { return s.local == theirs && s.remote == ours && s.inode != 0 })
		}
	})
}
