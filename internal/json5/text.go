package json5

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted reads a text in quotes.
func (p *parser) quoted(quote byte) string {
	var b strings.Builder
	for p.at++; p.at < len(p.text); {
		switch c := p.next(); c {
		case quote:
			p.at++
			return b.String()
		case '\\':
			p.at++
			p.escape(&b)
		case '\n', '\r':
			p.fail("a text goes over the end of its line")
			return ""
		default:
			b.WriteByte(c)
			p.at++
		}
	}
	p.fail("a text does not end")
	return ""
}

// escape reads what stands behind a backslash.
func (p *parser) escape(b *strings.Builder) {
	r, size := utf8.DecodeRune(p.text[min(p.at, len(p.text)):])
	p.at += size
	switch r {
	case 'b':
		b.WriteByte('\b')
	case 'f':
		b.WriteByte('\f')
	case 'n':
		b.WriteByte('\n')
	case 'r':
		b.WriteByte('\r')
	case 't':
		b.WriteByte('\t')
	case 'v':
		b.WriteByte('\v')
	case '0':
		if c := p.next(); c >= '0' && c <= '9' {
			p.fail("an escape is wrong")
		}
		b.WriteByte(0)
	case 'x':
		b.WriteRune(p.hex(2))
	case 'u':
		r := p.hex(4)
		if utf16.IsSurrogate(r) && strings.HasPrefix(string(p.text[p.at:min(p.at+2, len(p.text))]), `\u`) {
			before := p.at
			p.at += 2
			if both := utf16.DecodeRune(r, p.hex(4)); both != utf8.RuneError {
				r = both
			} else {
				p.at = before
			}
		}
		b.WriteRune(r)
	case '\r':
		if p.next() == '\n' {
			p.at++
		}
	case '\n', '\u2028', '\u2029': // the text goes on in the next line
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		p.fail("an escape is wrong")
	default:
		b.WriteRune(r)
	}
}

// hex reads n hexadecimal digits.
func (p *parser) hex(n int) rune {
	if p.at+n <= len(p.text) {
		if v, err := strconv.ParseUint(string(p.text[p.at:p.at+n]), 16, 32); err == nil {
			p.at += n
			return rune(v)
		}
	}
	p.fail("an escape is wrong")
	return 0
}
