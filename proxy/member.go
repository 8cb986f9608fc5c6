package proxy

import (
	"bytes"
	"encoding/json"

	"github.com/hermes-tui/hermes-tui/internal/mark"
)

// members calls found with the name and the value of each member of the object
// that a JSON text is, the value as it is spelt, until found says to stop or the
// text ends, be it too early: of an object or a list within which it ends found
// gets what is there. What lies deeper is skipped and not looked at, so that a long
// conversation costs little and makes no garbage. It reports whether that was all of
// the text, to its end.
func members(text []byte, found func(name, value []byte) (more bool)) (whole bool) {
	b := blank(mark.Trim(text))
	if len(b) == 0 || b[0] != '{' {
		return false
	}
	b = blank(b[1:])
	if len(b) > 0 && b[0] == '}' {
		return len(blank(b[1:])) == 0
	}
	for len(b) > 0 && b[0] == '"' {
		n := stringEnd(b)
		if n < 0 {
			return false
		}
		name := nameIn(b[:n])
		if b = blank(b[n:]); len(b) == 0 || b[0] != ':' {
			return false
		}
		b = blank(b[1:])
		if n = valueEnd(b); n <= 0 {
			if len(b) > 0 && (b[0] == '{' || b[0] == '[') {
				found(name, b)
			}
			return false
		}
		if !found(name, b[:n]) {
			return false
		}
		if b = blank(b[n:]); len(b) == 0 || b[0] != ',' {
			return len(b) > 0 && b[0] == '}' && len(blank(b[1:])) == 0
		}
		b = blank(b[1:])
	}
	return false
}

// isWide reports whether a text is JSON in UTF-16 or UTF-32, which is not read here and
// is by some servers: what they would do by it is not known then.
func isWide(text []byte) bool {
	return len(text) > 1 && (text[0] == 0 || text[1] == 0 || text[0] == 0xfe && text[1] == 0xff || text[0] == 0xff && text[1] == 0xfe)
}

// nameIn is what a string says, with its escapes undone; as it is spelt where they
// are none of JSON's.
func nameIn(quoted []byte) []byte {
	name := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(name, '\\') < 0 {
		return name
	}
	var plain string
	if json.Unmarshal(quoted, &plain) != nil {
		return name
	}
	return []byte(plain)
}

// blank skips white space.
func blank(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }

// stringEnd is behind the string that b begins with, -1 where it has no end.
func stringEnd(b []byte) int {
	for i := 1; i < len(b); i++ {
		quote := bytes.IndexByte(b[i:], '"')
		if quote < 0 {
			return -1
		}
		i += quote
		escapes := i
		for b[escapes-1] == '\\' && escapes > 1 {
			escapes--
		}
		if (i-escapes)%2 == 0 {
			return i + 1
		}
	}
	return -1
}

// valueEnd is behind the value that b begins with, -1 where it has no end.
func valueEnd(b []byte) int {
	if len(b) == 0 {
		return -1
	}
	switch b[0] {
	case '"':
		return stringEnd(b)
	case '{', '[':
		return nestedEnd(b)
	}
	return bytes.IndexAny(b, ",}] \t\r\n")
}

// nestedEnd is behind the object or list that b begins with.
func nestedEnd(b []byte) int {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			n := stringEnd(b[i:])
			if n < 0 {
				return -1
			}
			i += n - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
