package etcdtest

import (
	"net"
	"sync"
	"testing"
)

// Relay is the link between a client and a member: a port on loopback that passes
// bytes on, until it is cut, or holds them back.
type Relay struct {
	Addr string // host and port

	to   string
	mu   sync.Mutex
	cond sync.Cond
	hold [2]bool // requests, answers
	cut  bool
	open map[net.Conn]bool
	held [2]int // bytes that wait
}

// NewRelay returns a link to an address that is a host and a port. It ends with
// the test.
func NewRelay(t testing.TB, to string) *Relay {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &Relay{Addr: l.Addr().String(), to: to, open: map[net.Conn]bool{}}
	r.cond.L = &r.mu
	var all sync.WaitGroup
	all.Go(func() {
		for {
			from, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() { r.link(from) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		r.Cut()
		all.Wait()
	})
	return r
}

// link passes on what comes by one connection, both ways.
func (r *Relay) link(from net.Conn) {
	to, err := net.Dial("tcp", r.to)
	if err != nil || !r.add(from, to) {
		_ = from.Close()
		if to != nil {
			_ = to.Close()
		}
		return
	}
	var both sync.WaitGroup
	both.Go(func() { r.pass(0, from, to) })
	both.Go(func() { r.pass(1, to, from) })
	both.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, from)
	delete(r.open, to)
}

func (r *Relay) add(conns ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range conns {
		if !r.cut {
			r.open[c] = true
		}
	}
	return !r.cut
}

func (r *Relay) pass(way int, from, to net.Conn) {
	defer func() {
		_ = from.Close()
		_ = to.Close()
	}()
	buf := make([]byte, 16<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && r.mayPass(way, n) {
			_, _ = to.Write(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

// mayPass waits while bytes are held back, and says whether they may go on.
func (r *Relay) mayPass(way, n int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hold[way] {
		r.held[way] += n
		r.cond.Broadcast()
		defer func() { r.held[way] -= n }()
	}
	for r.hold[way] && !r.cut {
		r.cond.Wait()
	}
	return !r.cut
}

// Hold holds back what comes from now on, of each way where it is true; nobody
// notices but by waiting. It goes on when it is not held any more.
func (r *Relay) Hold(requests, answers bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hold = [2]bool{requests, answers}
	r.cond.Broadcast()
}

// WaitHeld waits until some of the requests, or of the answers, are held back.
func (r *Relay) WaitHeld(answers bool) {
	way := 0
	if answers {
		way = 1
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.held[way] == 0 && !r.cut {
		r.cond.Wait()
	}
}

// Cut ends every connection, with what was held back in it, and takes no other
// until [Relay.Mend].
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = true
	for c := range r.open {
		_ = c.Close()
	}
	r.cond.Broadcast()
}

// Mend takes connections again, and holds nothing back.
func (r *Relay) Mend() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut, r.hold = false, [2]bool{}
	r.cond.Broadcast()
}
