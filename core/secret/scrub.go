package secret

import (
	"strings"
	"sync"

	"github.com/hermes-tui/hermes-tui/internal/order"
)

// Bounds of what a Scrubber looks for.
const (
	shortest = 6  // secrets with fewer bytes are ignored: they would cut ordinary words
	piece    = 16 // a part of a secret this long is cut as well
	block    = 8  // every part of that length holds one whole block at a multiple of block
)

// Scrubber cuts known secrets out of text: each in the spellings that a server
// or a log is likely to give it, also with other characters strewn in or in
// other letters, and also parts of them of 16 characters and more, since text is
// often cut in the middle. It is safe for concurrent use. A nil Scrubber knows
// no secrets.
type Scrubber struct {
	mu    sync.RWMutex
	known map[Secret]bool
	short []string // spellings under 16 bytes, looked for whole
	exact pieces   // the others
	loose pieces   // letters and digits of spellings, in lower case
}

// NewScrubber returns a Scrubber that knows secrets.
func NewScrubber(secrets ...Secret) *Scrubber {
	s := &Scrubber{known: map[Secret]bool{}}
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
			if len(spelling) < piece {
				s.short = append(s.short, spelling)
			} else {
				s.exact.learn(spelling)
			}
		}
		for _, spelling := range looseSpellings(secret.Reveal()) {
			s.loose.learn(spelling)
		}
	}
}

// With returns a Scrubber that knows more secrets than s, which stays as it is.
func (s *Scrubber) With(secrets ...Secret) *Scrubber {
	more := NewScrubber(secrets...)
	if s != nil {
		s.mu.RLock()
		defer s.mu.RUnlock()
		for secret := range s.known {
			more.Add(secret)
		}
	}
	return more
}

// Scrub returns text with every known secret replaced by "[secret]".
func (s *Scrubber) Scrub(text string) string {
	if s == nil {
		return text
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.known) == 0 {
		return text
	}
	found := append(s.wholes(text), s.exact.in(text)...)
	bones := skeletonOf(text)
	for _, part := range s.loose.in(strings.ToLower(bones.text)) {
		found = append(found, bones.place(part))
	}
	return cut(text, found)
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

// cut replaces the spans, merging those that touch.
func cut(text string, spans []span) string {
	if len(spans) == 0 {
		return text
	}
	order.By(spans, func(a, b span) int { return a.from - b.from })
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
