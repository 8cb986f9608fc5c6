package secret

import (
	"strings"
	"unicode"
)

// Marks that Clean leaves behind.
const (
	controlMark = '·' // in place of a control character
	cutMark     = '…' // at the end of a text that was cut
)

// Clean makes text that came from outside fit for a terminal, a log and a JSON
// file. Escape sequences (CSI, OSC, DCS and the like, in their 7-bit and 8-bit
// spelling) are removed whole; white space of any kind becomes a single space;
// every other control character, and every invisible formatting character that
// can reorder or hide text, becomes "·". The result is valid UTF-8 of at most
// limit characters, its last one "…" when something was cut off.
//
// Cleaning twice changes nothing. Clean removes no secrets: a [Scrubber] does,
// and goes first.
func Clean(s string, limit int) string {
	if limit <= 0 {
		return ""
	}
	if len(s) <= limit && isClean(s) {
		return s
	}
	var out []rune
	rest := []rune(strings.ToValidUTF8(s, "\uFFFD"))
	for len(rest) > 0 && len(out) <= limit {
		if n := sequence(rest); n > 0 {
			rest = rest[n:]
			continue
		}
		r := visible(rest[0])
		rest = rest[1:]
		if r == ' ' && (len(out) == 0 || out[len(out)-1] == ' ') {
			continue
		}
		out = append(out, r)
	}
	if len(out) > limit {
		out = append(out[:limit-1], cutMark)
	}
	return strings.TrimRight(string(out), " ")
}

// isClean reports whether s is of printable ASCII with single spaces between its
// words, as nearly every text is that a listing of thousands of accounts reads.
func isClean(s string) bool {
	space := true
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && space {
			return false
		}
		space = s[i] == ' '
	}
	return s == "" || !space
}

// visible returns what stands for r.
func visible(r rune) rune {
	switch {
	case unicode.IsSpace(r), unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
		return ' '
	case r == '\u200c', r == '\u200d': // joiners, part of ordinary words and emoji
		return r
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return controlMark
	default:
		return r
	}
}

// sequence returns the length of the escape sequence that text begins with, 0
// when there is none or it never ends.
func sequence(text []rune) int {
	intro, body := rune(0), 1
	switch {
	case text[0] == '\x1b' && len(text) > 1:
		intro, body = text[1], 2
	case text[0] >= 0x80 && text[0] <= 0x9f: // an 8-bit control is ESC and the letter 0x40 below it
		intro = text[0] - 0x40
	default:
		return 0
	}
	switch intro {
	case '[':
		return afterFinal(text, body, 0x20, 0x3f, 0x40)
	case ']', 'P', 'X', '^', '_':
		return afterTerminator(text, body)
	default:
		if body == 2 {
			return afterFinal(text, 1, 0x20, 0x2f, 0x30)
		}
		return 0
	}
}

// afterFinal skips characters from low to high, then one final character from
// final to '~'.
func afterFinal(text []rune, i int, low, high, final rune) int {
	for i < len(text) && text[i] >= low && text[i] <= high {
		i++
	}
	if i < len(text) && text[i] >= final && text[i] <= '~' {
		return i + 1
	}
	return 0
}

// afterTerminator skips to the end of a string such as OSC: BEL, ST or ESC \.
func afterTerminator(text []rune, i int) int {
	for ; i < len(text); i++ {
		switch {
		case text[i] == '\a', text[i] == 0x9c:
			return i + 1
		case text[i] == '\x1b' && i+1 < len(text) && text[i+1] == '\\':
			return i + 2
		}
	}
	return 0
}
