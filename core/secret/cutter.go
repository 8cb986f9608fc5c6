package secret

import (
	"io"
	"slices"
	"strings"
)

// Cutter cuts whole secrets, in every spelling that stands in one piece, out of a
// stream. All other bytes stay as they are, and none waits for the next unless a
// secret may have begun: an event that has ended is passed on at once. Parts of a
// secret stay, because a text of somebody else may have them in common with it:
// all signed tokens begin alike. It is safe for concurrent use.
type Cutter struct {
	near   filter              // blocks that stand somewhere in the first 16 bytes of a spelling: most of a text is told by this alone
	first  filter              // blocks that begin one
	starts map[uint64][]string // spellings by their first block, the longest first
	begun  map[string]bool     // what is shorter than a block and begins a spelling
}

// filter tells blocks that were not put into it, most of the time.
type filter [1 << 10]uint64

func (f *filter) put(key uint64) { f[hashed(key)>>6] |= 1 << (hashed(key) & 63) }

func (f *filter) has(key uint64) bool { return f[hashed(key)>>6]&(1<<(hashed(key)&63)) != 0 }

// hashed maps a block to one of 65,536.
func hashed(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 >> 48 }

// NewCutter returns a Cutter that knows secrets. Those of fewer than 16 bytes are
// ignored: they would cut ordinary words.
func NewCutter(secrets ...Secret) *Cutter {
	c := &Cutter{starts: map[uint64][]string{}, begun: map[string]bool{}}
	var all []string
	for _, secret := range secrets {
		if len(secret.Reveal()) >= piece {
			all = append(all, written(secret.Reveal())...)
		}
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) }) // one may begin like another
	for _, spelling := range all {
		c.learn(spelling)
	}
	return c
}

func (c *Cutter) learn(spelling string) {
	if len(spelling) < piece {
		return
	}
	key := blockOf(spelling, 0)
	c.starts[key] = append(c.starts[key], spelling)
	c.first.put(key)
	for n := range block {
		c.near.put(blockOf(spelling, n))
	}
	for n := 1; n < block; n++ {
		c.begun[spelling[:n]] = true
	}
}

// blockOf is the block that begins at i.
func blockOf[T string | []byte](text T, i int) uint64 {
	b := text[i : i+block]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// skip returns where in text a spelling may begin at the earliest, from i on. One
// that begins there or in the seven bytes behind holds all of the block that ends
// at i+15.
func skip[T string | []byte](c *Cutter, text T, i int) int {
	for i+piece <= len(text) && !c.near.has(blockOf(text, i+block-1)) {
		i += block
	}
	return i
}

// find returns where the first secret is in b from i on, and its length. Where
// more may follow and the end of b may be the beginning of one, that has the
// length 0. Without either it returns len(b).
func (c *Cutter) find(b []byte, i int, last bool) (at, length int) {
	for i = skip(c, b, i); i+block <= len(b); i = skip(c, b, i+1) {
		key := blockOf(b, i)
		if !c.first.has(key) {
			continue
		}
		for _, spelling := range c.starts[key] {
			rest := b[i:]
			if len(rest) >= len(spelling) && string(rest[:len(spelling)]) == spelling {
				return i, len(spelling)
			}
			if !last && len(rest) < len(spelling) && spelling[:len(rest)] == string(rest) {
				return i, 0
			}
		}
	}
	if !last {
		for ; i < len(b); i++ {
			if c.begun[string(b[i:])] {
				return i, 0
			}
		}
	}
	return len(b), 0
}

// clear reports whether no spelling begins in s, without a copy of it.
func (c *Cutter) clear(s string) bool {
	for i := skip(c, s, 0); i+block <= len(s); i = skip(c, s, i+1) {
		if c.first.has(blockOf(s, i)) {
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
