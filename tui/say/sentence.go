package say

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// SentenceStart makes the first letter a capital, unless a host or a program is
// called so.
func SentenceStart(s string) string {
	if first, _, _ := strings.Cut(s, " "); strings.HasPrefix(first, "hermes-") || strings.Contains(strings.TrimRight(first, ".,:;"), ".") {
		return s
	}
	if r, n := utf8.DecodeRuneInString(s); unicode.IsLower(r) {
		return string(unicode.ToUpper(r)) + s[n:]
	}
	return s
}

// Sentence makes an error's words a sentence: a capital first, a period last.
// Commands in back quotes keep their case.
func Sentence(s string) string {
	s = strings.TrimSpace(cells.Clean(s))
	if s == "" {
		return ""
	}
	s = SentenceStart(s)
	if last, _ := utf8.DecodeLastRuneInString(s); !strings.ContainsRune(".!?…", last) {
		s += "."
	}
	return s
}
