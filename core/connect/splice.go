package connect

import (
	"bytes"
	"slices"
	"strings"
)

// splice puts more in the place of text[from:to], with the line endings that
// the text has.
func splice(text []byte, from, to int, more string) []byte {
	if windowsLines(text) {
		more = strings.ReplaceAll(more, "\n", "\r\n")
	}
	return slices.Concat(text[:from], []byte(more), text[to:])
}

// windowsLines reports whether lines end with \r\n: the first one decides.
func windowsLines(text []byte) bool {
	i := bytes.IndexByte(text, '\n')
	return i > 0 && text[i-1] == '\r'
}

// lineStart is where the line of an offset begins.
func lineStart(text []byte, at int) int { return bytes.LastIndexByte(text[:at], '\n') + 1 }

// lineEnd is where the line of an offset ends, its line break included.
func lineEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// blank reports whether there is nothing but white space.
func blank(text []byte) bool { return len(bytes.TrimSpace(text)) == 0 }

// isNothing reports whether a file says nothing: it is blank, or null as JSON and YAML
// write it.
func isNothing(text []byte) bool {
	word := string(bytes.TrimSpace(text))
	return word == "" || word == "null" || word == "~"
}

// indentOf is the white space at the beginning of the line of an offset; not ok
// when something else stands before it.
func indentOf(text []byte, at int) (string, bool) {
	before := text[lineStart(text, at):at]
	return string(before), len(bytes.Trim(before, " \t")) == 0
}
