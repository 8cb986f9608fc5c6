package proxy

import (
	"net"
	"testing"
)

// A socket belongs to a connection by both of its ends: another one of the same
// program says nothing about it.
func TestPeerUID_BothEndsCount(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	client, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	conn, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	theirs, ours := addrPort(conn.RemoteAddr()), addrPort(conn.LocalAddr())
	if _, found, known := peerUID(theirs, ours); !found || !known {
		t.Error("the other end is not found")
	}
	if _, found, _ := peerUID(theirs, addrPort(client.LocalAddr())); found {
		t.Error("found with another end of ours")
	}
	if _, found, _ := peerUID(addrPort(&net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}), ours); found {
		t.Error("found with another end of theirs")
	}
}
