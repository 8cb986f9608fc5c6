package proxy

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"sync"

	"github.com/hermes-tui/hermes-tui/core/consent"
)

// peer is who is at the other end of a connection; it is looked up once, when the
// first request arrives.
type peer struct {
	once    sync.Once
	conn    net.Conn
	foreign *answer
	program func() consent.Asker // whose it is
}

type peerKey struct{}

// withPeer hands the connection to its requests.
func withPeer(ctx context.Context, conn net.Conn) context.Context {
	p := &peer{conn: conn}
	p.program = sync.OnceValue(p.asker)
	return context.WithValue(ctx, peerKey{}, p)
}

// visited makes a request one of its own in the eyes of a person who has to
// confirm programs. Which program it is, is looked up only when somebody asks.
func (s *Server) visited(ctx context.Context) context.Context {
	if !s.options.Each {
		return ctx
	}
	who := func() consent.Asker { return consent.Stranger("a program at the proxy") }
	if p, ok := ctx.Value(peerKey{}).(*peer); ok {
		who = p.program
	}
	return consent.With(ctx, consent.NewVisit(who))
}

// asker is the program at the other end of the connection.
func (p *peer) asker() consent.Asker {
	theirs, ours := addrPort(p.conn.RemoteAddr()), addrPort(p.conn.LocalAddr())
	pid := 0
	switch {
	case !theirs.IsValid():
		pid = socketPID(p.conn)
	case !theirs.Addr().IsLoopback():
		return consent.Stranger("a program on the machine " + theirs.Addr().String())
	default:
		pid = peerPID(theirs, ours)
	}
	if pid == 0 {
		return consent.Stranger("a program at the proxy")
	}
	return consent.Process(pid)
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
