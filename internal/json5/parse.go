package json5

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// space skips white space and comments.
func (p *parser) space() {
	for p.at < len(p.text) {
		rest := p.text[p.at:]
		switch {
		case bytes.HasPrefix(rest, []byte("//")):
			end := bytes.IndexAny(rest, "\n\r\u2028\u2029")
			if end < 0 {
				end = len(rest)
			}
			p.at += end
		case bytes.HasPrefix(rest, []byte("/*")):
			end := bytes.Index(rest[2:], []byte("*/"))
			if end < 0 {
				p.fail("a comment does not end")
				return
			}
			p.at += end + 4
		default:
			r, size := utf8.DecodeRune(rest)
			if !strings.ContainsRune("\t\n\v\f\r \u00a0\u2028\u2029\ufeff", r) && !unicode.Is(unicode.Zs, r) {
				return
			}
			p.at += size
		}
	}
}

func (p *parser) value(depth int) *Node {
	n := &Node{Start: p.at}
	switch c := p.next(); {
	case depth > deepest:
		p.fail("it is nested too deeply")
	case c == '{':
		n.Kind = Object
		p.items(n, '}', depth)
	case c == '[':
		n.Kind = Array
		p.items(n, ']', depth)
	case c == '"' || c == '\'':
		n.Value = p.quoted(c)
	case c == '+' || c == '-' || c == '.' || c >= '0' && c <= '9':
		n.Value = p.number()
	default:
		n.Value = p.word()
	}
	n.End = p.at
	return n
}

// items reads the members of an object or of a list.
func (p *parser) items(n *Node, end byte, depth int) {
	p.at++
	for {
		p.space()
		if p.next() == end {
			p.at++
			return
		}
		item := Member{Start: p.at, Comma: -1}
		if n.Kind == Object {
			item.Name = p.name()
			p.space()
			if p.next() != ':' {
				p.fail("a colon is missing")
				return
			}
			p.at++
			p.space()
		}
		item.Value = p.value(depth + 1)
		p.space()
		if p.next() == ',' {
			item.Comma = p.at
			p.at++
		} else if p.next() != end {
			p.fail("a comma is missing")
		}
		if p.err != nil {
			return
		}
		n.Items = append(n.Items, item)
	}
}

// name reads a member's name, in quotes or as an identifier.
func (p *parser) name() string {
	if c := p.next(); c == '"' || c == '\'' {
		return p.quoted(c)
	}
	start := p.at
	for p.at < len(p.text) {
		r, size := utf8.DecodeRune(p.text[p.at:])
		first := unicode.IsLetter(r) || r == '$' || r == '_' || unicode.Is(unicode.Nl, r)
		later := unicode.In(r, unicode.Nd, unicode.Mn, unicode.Mc, unicode.Pc) || r == '\u200c' || r == '\u200d'
		if r == utf8.RuneError || !first && (p.at == start || !later) {
			break
		}
		p.at += size
	}
	if p.at == start { // an identifier with an escape in it is not read either
		p.fail("a name is missing")
	}
	return string(p.text[start:p.at])
}

// word reads true, false and null.
func (p *parser) word() any {
	start := p.at
	for p.at < len(p.text) && p.next() >= 'A' && p.next() <= 'z' {
		p.at++
	}
	switch string(p.text[start:p.at]) {
	case "true":
		return true
	case "false":
		return false
	case "null":
		return nil
	case "Infinity":
		return math.Inf(1)
	case "NaN":
		return math.NaN()
	}
	p.at = start
	p.fail("a value is missing")
	return nil
}

// number reads a number: decimal or hexadecimal, with a sign, a point at its
// beginning or end, or no number at all.
func (p *parser) number() any {
	start, sign := p.at, 1.0
	if c := p.next(); c == '+' || c == '-' {
		if p.at++; c == '-' {
			sign = -1
		}
	}
	from := p.at
	for p.at < len(p.text) && (p.next() >= '0' && p.next() <= '9' || p.next() >= 'A' && p.next() <= 'Z' ||
		p.next() >= 'a' && p.next() <= 'z' || p.next() == '.' || strings.IndexByte("+-", p.next()) >= 0 && strings.IndexByte("eE", p.text[p.at-1]) >= 0) {
		p.at++
	}
	text := string(p.text[from:p.at])
	switch text {
	case "Infinity":
		return math.Inf(int(sign))
	case "NaN":
		return math.NaN()
	}
	if hex, ok := strings.CutPrefix(strings.ToLower(text), "0x"); ok {
		if n, err := strconv.ParseUint(hex, 16, 64); err == nil {
			return sign * float64(n)
		}
	} else if !strings.ContainsAny(text, "xXpPnN_+-") || strings.ContainsAny(text, "eE") && !strings.ContainsAny(text, "xXpPnN_") {
		leading := len(text) > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9'
		if n, err := strconv.ParseFloat(text, 64); err == nil && !leading {
			return sign * n
		}
	}
	p.at = start
	p.fail("it is not a number")
	return nil
}
