// Package mark knows the byte order mark, with which some editors, languages and
// gateways begin a text in UTF-8. It says nothing, and few readers take it.
package mark

import "bytes"

// Text is the mark as it is spelt in UTF-8.
const Text = "\ufeff"

// Trim returns a text without the mark before it.
func Trim(text []byte) []byte {
	rest, _ := Cut(text)
	return rest
}

// Cut returns a text without the mark before it, and whether there was one.
func Cut(text []byte) (rest []byte, marked bool) { return bytes.CutPrefix(text, []byte(Text)) }
