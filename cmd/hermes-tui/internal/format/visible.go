package format

import (
	"bytes"
	"strings"
	"unicode"
)

// Visible is the one door to the terminal: whatever a record, a file of another
// program or a server has brought into a line, no character of it controls the
// terminal, hides or reorders text. Lines and tabs stay.
func Visible(p []byte) []byte {
	return bytes.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\t', r == '\u200c', r == '\u200d': // joiners are part of ordinary words
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029':
			return '·'
		default:
			return r
		}
	}, p)
}

// OneLine is text that takes one line and one cell: visible, with blanks where it
// has lines and tabs.
func OneLine(text string) string {
	plain := func(r rune) bool { return r < ' ' || r > '~' }
	if strings.IndexFunc(text, plain) < 0 {
		return text
	}
	return strings.NewReplacer("\n", " ", "\t", " ").Replace(string(Visible([]byte(text))))
}
