package secret

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// starts finds where a spelling of a secret begins in a text. Of each it keeps the
// beginning alone; the whole one, which of a signed token has thousands of bytes, is
// written again where a text begins like it.
type starts struct {
	ways   []way
	near   filter             // blocks that stand somewhere in the first 16 bytes of a spelling: most of a text is told by this alone
	first  filter             // blocks that begin one
	known  map[uint64][]start // spellings by their first block
	blocks []uint64           // those blocks in the order of their bytes: what is shorter than a block may begin one
	stale  int                // spellings that the filters still hold
	live   int                // and those that are known
}

// start is the beginning of one spelling of a secret.
type start struct {
	begins [piece]byte
	length int // of the whole
	way    int
	secret Secret
}

// filter tells blocks that were not put into it, most of the time.
type filter [1 << 10]uint64

func (f *filter) put(key uint64) { f[hashed(key)>>6] |= 1 << (hashed(key) & 63) }

func (f *filter) has(key uint64) bool { return f[hashed(key)>>6]&(1<<(hashed(key)&63)) != 0 }

// hashed maps a block to one of 65,536.
func hashed(key uint64) uint64 { return key * 0x9e3779b97f4a7c15 >> 48 }

// blockOf is the block that begins at i.
func blockOf[T string | []byte](text T, i int) uint64 {
	b := text[i : i+block]
	return uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 | uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
}

// byBytes compares blocks by the bytes that they are of.
func byBytes(a, b uint64) int { return cmp.Compare(bits.ReverseBytes64(a), bits.ReverseBytes64(b)) }

// of are the spellings of a secret that are long enough to be looked for.
func (s *starts) of(secret Secret) []start {
	all := make([]start, 0, len(s.ways))
	seen := make(map[string]bool, len(s.ways))
	for i, way := range s.ways {
		spelling := way(secret.Reveal())
		if len(spelling) < piece || seen[spelling] {
			continue
		}
		seen[spelling] = true
		all = append(all, start{[piece]byte([]byte(spelling[:piece])), len(spelling), i, secret})
	}
	return all
}

func (s *starts) add(one start) {
	key := blockOf(one.begins[:], 0)
	if len(s.known[key]) == 0 {
		at, _ := slices.BinarySearchFunc(s.blocks, key, byBytes)
		s.blocks = slices.Insert(s.blocks, at, key)
	}
	s.known[key] = append(s.known[key], one)
	s.live++
	s.filter(one)
}

func (s *starts) filter(one start) {
	s.first.put(blockOf(one.begins[:], 0))
	for n := range block {
		s.near.put(blockOf(one.begins[:], n))
	}
}

func (s *starts) remove(one start) {
	key := blockOf(one.begins[:], 0)
	s.known[key] = slices.DeleteFunc(s.known[key], func(other start) bool { return other == one })
	if len(s.known[key]) == 0 {
		delete(s.known, key)
		at, _ := slices.BinarySearchFunc(s.blocks, key, byBytes)
		s.blocks = slices.Delete(s.blocks, at, at+1)
	}
	s.live--
	if s.stale++; s.stale > s.live { // else there is little to gain
		s.near, s.first, s.stale = filter{}, filter{}, 0
		for _, all := range s.known {
			for _, one := range all {
				s.filter(one)
			}
		}
	}
}

// skip returns where in text a spelling may begin at the earliest, from i on. One
// that begins there or in the seven bytes behind holds all of the block that ends
// at i+15.
func skip[T string | []byte](s *starts, text T, i int) int {
	for i+piece <= len(text) && !s.near.has(blockOf(text, i+block-1)) {
		i += block
	}
	return i
}

// find returns where the first spelling is in b from i on, and its length. Where
// more may follow and the end of b may be the beginning of one, that has the
// length 0. Without either it returns len(b).
func (s *starts) find(b []byte, i int, last bool) (at, length int) {
	for i = skip(s, b, i); i+block <= len(b); i = skip(s, b, i+1) {
		key := blockOf(b, i)
		if !s.first.has(key) {
			continue
		}
		if length, open := s.longest(b[i:], key); open && !last {
			return i, 0
		} else if length > 0 {
			return i, length
		}
	}
	if !last {
		for ; i < len(b); i++ {
			if s.mayBegin(b[i:]) {
				return i, 0
			}
		}
	}
	return len(b), 0
}

// longest returns the length of the longest spelling with which text begins, and
// whether text as a whole is the beginning of one that is longer still.
func (s *starts) longest(text []byte, key uint64) (length int, open bool) {
	for i := range s.known[key] {
		one := &s.known[key][i]
		n := min(piece, len(text))
		if one.length <= length || !bytes.Equal(one.begins[:n], text[:n]) {
			continue
		}
		spelling := s.ways[one.way](one.secret.Reveal())
		switch {
		case len(text) < len(spelling):
			open = open || spelling[:len(text)] == string(text)
		case string(text[:len(spelling)]) == spelling:
			length = len(spelling)
		}
	}
	return length, open
}

// mayBegin reports whether a spelling begins with a text that is shorter than a block.
func (s *starts) mayBegin(text []byte) bool {
	var from [block]byte
	copy(from[:], text)
	at, _ := slices.BinarySearchFunc(s.blocks, binary.LittleEndian.Uint64(from[:]), byBytes)
	if at == len(s.blocks) {
		return false
	}
	var next [block]byte
	binary.LittleEndian.PutUint64(next[:], s.blocks[at])
	return bytes.HasPrefix(next[:], text)
}
