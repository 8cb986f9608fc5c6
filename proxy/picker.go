package proxy

import "bytes"

// mostPicked bounds a value that is picked out, in bytes; a larger one is left.
const mostPicked = 4 << 10

// usualPicked is room for most of them.
const usualPicked = 128

// picker reads a JSON text as it comes, in pieces of any size, and keeps of it only
// where it is: the numbers that it is there for stand at the end of answers that
// may have megabytes, and in the midst of texts that may look the same. It keeps what
// the members type and usage say, and usage of the members message and response;
// of two of the same name the later one.
type picker struct {
	kind, usage, inner picked

	open    int     // objects and lists that are
	object  [3]bool // what is open at this depth is an object
	name    [3]name // of the member there that is being read
	value   [3]bool // its name is over
	quoted  bool    // within a text
	naming  bool    // that is a name
	slashes int     // in a row before what comes next
	taking  *picked // what is being read
	from    int     // depth at which that is
	over    bool    // the text, or what of it is JSON
}

// picked is a value as it is spelt.
type picked struct {
	text  []byte
	whole bool
}

// name is one of a member, as far as it may be one that is looked for.
type name struct {
	text [8]byte
	size int
}

func (n *name) add(b []byte) {
	if n.size += len(b); n.size <= len(n.text) {
		copy(n.text[n.size-len(b):], b)
	}
}

func (n *name) is(text string) bool { return n.size == len(text) && string(n.text[:n.size]) == text }

// read reads on.
func (p *picker) read(b []byte) {
	for len(b) > 0 && !p.over {
		if p.quoted {
			b = p.inText(b)
			continue
		}
		n := plainEnd(b)
		p.take(b[:n])
		if b = b[n:]; len(b) > 0 {
			p.mark(b[:1])
			b = b[1:]
		}
	}
}

// plainEnd is where the first byte is that opens, parts or closes something.
func plainEnd(b []byte) int {
	for i, c := range b {
		switch c {
		case '"', '{', '}', '[', ']', ':', ',':
			return i
		}
	}
	return len(b)
}

// inText reads to the end of a text, and returns what is behind it.
func (p *picker) inText(b []byte) (rest []byte) {
	end := bytes.IndexByte(b, '"')
	part := b
	if end >= 0 {
		part = b[:end]
	}
	slashes := len(part) - len(bytes.TrimRight(part, `\`))
	if slashes == len(part) {
		slashes += p.slashes
	}
	p.slashes = slashes
	if p.naming {
		p.name[p.open].add(part)
	}
	p.take(part)
	if end < 0 {
		return nil
	}
	p.take(b[end : end+1])
	if p.slashes%2 == 0 {
		p.quoted = false
		if p.taking != nil && p.from == p.open { // the value is a text
			p.took()
		}
	} else if p.naming {
		p.name[p.open].add(b[end : end+1])
	}
	p.slashes = 0
	return b[end+1:]
}

// mark reads a byte that opens, parts or closes something.
func (p *picker) mark(b []byte) {
	c := b[0]
	switch c {
	case '"':
		within := p.open > 0 && p.open < len(p.object) && p.object[p.open]
		p.quoted, p.naming, p.slashes = true, within && !p.value[p.open], 0
		if p.naming {
			p.name[p.open].size = 0
		} else {
			p.begin(p.wanted(false))
		}
	case '{', '[':
		p.begin(p.wanted(c == '{'))
		if p.open++; p.open < len(p.object) {
			p.object[p.open], p.value[p.open] = c == '{', false
		}
	case '}', ']':
		p.open--
		p.over = p.open <= 0
	default:
		if p.open > 0 && p.open < len(p.value) {
			p.value[p.open] = c == ':'
		}
	}
	p.take(b)
	if p.taking != nil && p.from == p.open && (c == '}' || c == ']') {
		p.took()
	}
}

// wanted is where the value goes that begins here; nil: nowhere.
func (p *picker) wanted(object bool) *picked {
	switch {
	case p.taking != nil || p.open < 1 || p.open >= len(p.value) || !p.object[p.open] || !p.value[p.open]:
		return nil
	case p.open == 1 && object && p.name[1].is("usage"):
		return &p.usage
	case p.open == 1 && !object && p.name[1].is("type"):
		return &p.kind
	case p.open == 2 && object && p.object[1] && p.name[2].is("usage") && (p.name[1].is("message") || p.name[1].is("response")):
		return &p.inner
	}
	return nil
}

func (p *picker) begin(to *picked) {
	if to != nil {
		p.taking, p.from = to, p.open
		if to.text == nil {
			to.text = make([]byte, 0, usualPicked)
		}
		to.text, to.whole = to.text[:0], false
	}
}

func (p *picker) take(b []byte) {
	if p.taking == nil {
		return
	}
	if len(p.taking.text)+len(b) > mostPicked {
		p.taking = nil
		return
	}
	p.taking.text = append(p.taking.text, b...)
}

func (p *picker) took() { p.taking.whole, p.taking = true, nil }

// reset makes it ready for the next text.
func (p *picker) reset() {
	kind, usage, inner := p.kind.text[:0], p.usage.text[:0], p.inner.text[:0]
	*p = picker{}
	p.kind.text, p.usage.text, p.inner.text = kind, usage, inner
}
