package proxy

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync"
)

// peer is who is at the other end of a connection; it is looked up once, when the
// first request arrives.
type peer struct {
	once    sync.Once
	conn    net.Conn
	foreign *answer
}

type peerKey struct{}

// withPeer hands the connection to its requests.
func withPeer(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, peerKey{}, &peer{conn: conn})
}

// stranger turns away another user of this machine, where the system tells whose
// a connection is: they may have heard the local key while they held the proxy's
// port. Root may do everything anyway, and carries the connections of containers.
func stranger(r *http.Request) *answer {
	p, ok := r.Context().Value(peerKey{}).(*peer)
	if !ok {
		return nil
	}
	p.once.Do(func() { p.foreign = p.look(os.Getuid()) })
	return p.foreign
}

// look says why the connection is not served, nil when it is.
func (p *peer) look(own int) *answer {
	theirs, ours := addrPort(p.conn.RemoteAddr()), addrPort(p.conn.LocalAddr())
	if !theirs.Addr().IsLoopback() {
		return nil // a unix socket has its mode, and another machine its certificate and key
	}
	uid, found, known := peerUID(theirs, ours)
	switch {
	case !known, found && (uid == own || uid == 0):
		return nil
	case !found:
		return forbidden("nobody is at the other end of this connection any more")
	default:
		return forbidden(fmt.Sprintf("this proxy serves its own user only, and the connection is of another one of this machine (uid %d)", uid))
	}
}

func addrPort(a net.Addr) netip.AddrPort {
	tcp, ok := a.(*net.TCPAddr)
	if !ok {
		return netip.AddrPort{}
	}
	at := tcp.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}
