package secret

import "encoding/binary"

// pieces finds parts of long texts, its spellings, in other texts: every part
// of 16 bytes and more.
type pieces struct {
	spellings []string
	index     map[uint64][]spot // blocks of the spellings
}

// spot is a place in a spelling.
type spot struct{ spelling, offset int }

// learn makes a spelling known.
func (p *pieces) learn(spelling string) {
	if p.index == nil {
		p.index = map[uint64][]spot{}
	}
	p.spellings = append(p.spellings, spelling)
	for i := 0; i+block <= len(spelling); i += block {
		key := blockAt(spelling, i)
		if len(p.index[key]) < 64 { // a token of one repeated letter has one block only
			p.index[key] = append(p.index[key], spot{len(p.spellings) - 1, i})
		}
	}
}

// in returns where parts of the spellings stand in text.
func (p *pieces) in(text string) []span {
	var found []span
	for i := 0; i+block <= len(text); i++ {
		best := i
		for _, at := range p.index[blockAt(text, i)] {
			m := widen(text, i, p.spellings[at.spelling], at.offset)
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

func blockAt(s string, i int) uint64 { return binary.NativeEndian.Uint64([]byte(s[i : i+block])) }
