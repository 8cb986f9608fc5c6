package secret

import (
	"io"
	"strings"
	"sync"
)

// Cutter cuts whole secrets, in every spelling that stands in one piece, out of a
// stream. All other bytes stay as they are, and none waits for the next unless a
// secret may have begun: an event that has ended is passed on at once. Parts of a
// secret stay, because a text of somebody else may have them in common with it:
// all signed tokens begin alike. It is safe for concurrent use: a secret may be made
// known while a stream is read.
type Cutter struct {
	mu     sync.RWMutex
	known  map[Secret]int // how often each was learned
	starts starts
}

// NewCutter returns a Cutter that knows secrets.
func NewCutter(secrets ...Secret) *Cutter {
	c := &Cutter{known: map[Secret]int{}, starts: starts{ways: ways(), known: map[uint64][]start{}}}
	c.Learn(secrets...)
	return c
}

// Learn makes secrets known. Those of fewer than 16 bytes are ignored: they would cut
// ordinary words. It takes as long however many are known already.
func (c *Cutter) Learn(secrets ...Secret) {
	for _, secret := range secrets {
		c.count(secret, 1, c.starts.add)
	}
}

// Forget drops secrets, each of them once it was dropped as often as it was learned.
func (c *Cutter) Forget(secrets ...Secret) {
	for _, secret := range secrets {
		c.count(secret, -1, c.starts.remove)
	}
}

// count notes that a secret was learned or dropped. Where that is the first or the last
// time, change is called with each of its spellings.
func (c *Cutter) count(secret Secret, by int, change func(start)) {
	if len(secret.Reveal()) < piece {
		return
	}
	spellings := c.starts.of(secret) // takes its time, in which streams go on
	c.mu.Lock()
	defer c.mu.Unlock()
	before := c.known[secret]
	if before+by < 0 {
		return
	}
	c.known[secret] += by
	if c.known[secret] == 0 {
		delete(c.known, secret)
	}
	if before+min(by, 0) == 0 {
		for _, one := range spellings {
			change(one)
		}
	}
}

// find looks for the first secret, as [starts.find] does.
func (c *Cutter) find(b []byte, i int, last bool) (at, length int) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.starts.find(b, i, last)
}

// clear reports whether no spelling begins in s, without a copy of it.
func (c *Cutter) clear(s string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for i := skip(&c.starts, s, 0); i+block <= len(s); i = skip(&c.starts, s, i+1) {
		if c.starts.first.has(blockOf(s, i)) {
			return false
		}
	}
	return true
}

// Text returns s without the secrets.
func (c *Cutter) Text(s string) string {
	if c.clear(s) {
		return s
	}
	b := []byte(s)
	at, n := c.find(b, 0, true)
	var out strings.Builder
	from := 0
	for at < len(b) {
		out.Write(b[from:at])
		out.WriteString(masked)
		from = at + n
		at, n = c.find(b, from, true)
	}
	out.Write(b[from:])
	return out.String()
}

// Reader returns what r reads without the secrets.
func (c *Cutter) Reader(r io.Reader) io.Reader { return &cutting{cutter: c, from: r} }

// cutting is a stream without the secrets of its cutter.
type cutting struct {
	cutter *Cutter
	from   io.Reader
	held   []byte // read and not yet looked through: it may be the beginning of a secret
	ready  []byte // to be handed out
	err    error
}

// Read implements [io.Reader].
func (r *cutting) Read(p []byte) (int, error) {
	for len(r.ready) == 0 {
		if r.err != nil || len(p) == 0 {
			return 0, r.err
		}
		n, err := r.from.Read(p)
		r.err = err
		if len(r.held) == 0 { // most of the time nothing is copied
			if at, _ := r.cutter.find(p[:n], 0, err != nil); at == n {
				if n > 0 {
					return n, nil // err comes with the next call
				}
				continue
			}
		}
		r.held = append(r.held, p[:n]...)
		r.look()
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	return n, nil
}

// look moves what is certain from held to ready.
func (r *cutting) look() {
	from, last := 0, r.err != nil
	r.ready = r.ready[:0]
	for {
		at, n := r.cutter.find(r.held, from, last)
		r.ready = append(r.ready, r.held[from:at]...)
		from = at
		if n == 0 {
			break
		}
		r.ready = append(r.ready, masked...)
		from += n
	}
	r.held = append(r.held[:0], r.held[from:]...)
}
