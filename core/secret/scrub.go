package secret

import (
	"encoding/binary"
	"slices"
	"strings"
	"sync"
)

// Bounds of what a Scrubber looks for.
const (
	shortest = 6  // secrets with fewer bytes are ignored: they would cut ordinary words
	piece    = 16 // a part of a secret this long is cut as well
	block    = 8  // every part of that length holds one whole block at a multiple of block
)

// Scrubber cuts known secrets out of text: each in the spellings that a server
// or a log is likely to give it, and also parts of them of 16 characters and
// more, since text is often cut in the middle. It is safe for concurrent use.
// A nil Scrubber knows no secrets.
type Scrubber struct {
	mu    sync.RWMutex
	known map[Secret]bool
	short []string          // spellings under 16 bytes, looked for whole
	long  []string          // the others
	index map[uint64][]spot // blocks of the long ones
}

// spot is a place in a spelling.
type spot struct{ spelling, offset int }

// NewScrubber returns a Scrubber that knows secrets.
func NewScrubber(secrets ...Secret) *Scrubber {
	s := &Scrubber{known: map[Secret]bool{}, index: map[uint64][]spot{}}
	s.Add(secrets...)
	return s
}

// Add makes more secrets known. Those of fewer than 6 bytes are ignored.
func (s *Scrubber) Add(secrets ...Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range secrets {
		if len(secret.Reveal()) < shortest || s.known[secret] {
			continue
		}
		s.known[secret] = true
		for _, spelling := range spellings(secret.Reveal()) {
			s.learn(spelling)
		}
	}
}

func (s *Scrubber) learn(spelling string) {
	if len(spelling) < piece {
		s.short = append(s.short, spelling)
		return
	}
	s.long = append(s.long, spelling)
	for i := 0; i+block <= len(spelling); i += block {
		key := blockAt(spelling, i)
		if len(s.index[key]) < 64 { // a token of one repeated letter has one block only
			s.index[key] = append(s.index[key], spot{len(s.long) - 1, i})
		}
	}
}

// Scrub returns text with every known secret replaced by "[secret]".
func (s *Scrubber) Scrub(text string) string {
	if s == nil {
		return text
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return cut(text, append(s.wholes(text), s.pieces(text)...))
}

// span is a half-open range of bytes.
type span struct{ from, to int }

// wholes finds the short spellings.
func (s *Scrubber) wholes(text string) []span {
	var found []span
	for _, spelling := range s.short {
		for from := 0; ; {
			i := strings.Index(text[from:], spelling)
			if i < 0 {
				break
			}
			found = append(found, span{from + i, from + i + len(spelling)})
			from += i + 1
		}
	}
	return found
}

// pieces finds every part of a long spelling that has 16 bytes or more.
func (s *Scrubber) pieces(text string) []span {
	var found []span
	for i := 0; i+block <= len(text); i++ {
		best := i
		for _, at := range s.index[blockAt(text, i)] {
			m := widen(text, i, s.long[at.spelling], at.offset)
			if m.to-m.from >= piece {
				found = append(found, m)
				best = max(best, m.to-block)
			}
		}
		i = max(i, best)
	}
	return found
}

// widen grows a match of one block as far as text and spelling agree.
func widen(text string, i int, spelling string, j int) span {
	m := span{i, i + block}
	for k := j; m.from > 0 && k > 0 && text[m.from-1] == spelling[k-1]; k-- {
		m.from--
	}
	for k := j + block; m.to < len(text) && k < len(spelling) && text[m.to] == spelling[k]; k++ {
		m.to++
	}
	return m
}

// cut replaces the spans, merging those that touch.
func cut(text string, spans []span) string {
	if len(spans) == 0 {
		return text
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var out strings.Builder
	end := -1
	for _, m := range spans {
		switch {
		case end < 0:
			out.WriteString(text[:m.from])
		case m.from > end:
			out.WriteString(text[end:m.from])
		default:
			end = max(end, m.to)
			continue
		}
		out.WriteString(masked)
		end = m.to
	}
	out.WriteString(text[end:])
	return out.String()
}

func blockAt(s string, i int) uint64 { return binary.NativeEndian.Uint64([]byte(s[i : i+block])) }
