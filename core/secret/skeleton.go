package secret

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// skeleton is what is left of a text without everything that can be put between
// the characters of a secret and that a person reads over: its ASCII letters
// and digits, letters of other alphabets of the same look among them (full
// width, mathematical, accented).
type skeleton struct {
	text string // of ASCII letters and digits
	at   []span // where each of them stands in the text
}

func skeletonOf(text string) skeleton {
	bones, at := make([]byte, 0, len(text)), make([]span, 0, len(text))
	for i, r := range text {
		if c := ascii(r); c != 0 {
			bones, at = append(bones, c), append(at, span{i, i + utf8.RuneLen(r)})
		}
	}
	return skeleton{string(bones), at}
}

// ascii returns the letter or digit that r is or looks like, 0 when it is none.
func ascii(r rune) byte {
	if r < utf8.RuneSelf {
		if isAlnum(byte(r)) {
			return byte(r)
		}
		return 0
	}
	if r == utf8.RuneError {
		return 0
	}
	if plain := norm.NFKD.String(string(r)); isAlnum(plain[0]) {
		return plain[0]
	}
	return 0
}

// place returns where a part of the skeleton stands in the text.
func (s skeleton) place(part span) span { return span{s.at[part.from].from, s.at[part.to-1].to} }

func isAlnum(c byte) bool { return isDigit(c) || isUpper(c) || isLower(c) }
func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }
func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

// bare returns the letters and digits of a spelling, in lower case.
func bare(spelling string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if c := ascii(r); c != 0 {
			return rune(c)
		}
		return -1
	}, spelling))
}
