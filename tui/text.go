package tui

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// longest is more characters than any window shows of one value.
const longest = 1000

// clean makes text from outside safe to draw: control characters and those that
// reorder text become a dot.
func clean(s string) string {
	if plain(s) {
		return s
	}
	return secret.Clean(s, longest)
}

// width is how many cells s takes.
func width(s string) int {
	if plain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// plain says whether s is ASCII that can be seen, a cell a byte.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// cut shortens s to w cells; what was cut shows as more.
func cut(s string, w int, more string) string {
	switch {
	case w <= 0:
		return ""
	case len(s) <= w: // no text takes more cells than bytes
		return s
	}
	return ansi.Truncate(s, w, more)
}

// left sets s into w cells, cut if it is longer.
func left(s string, w int, more string) string {
	s = cut(s, w, more)
	return s + blank(w-width(s))
}

// right is left at the right edge.
func right(s string, w int, more string) string {
	s = cut(s, w, more)
	return blank(w-width(s)) + s
}

// blank is n spaces, none when n is negative.
func blank(n int) string { return strings.Repeat(" ", max(n, 0)) }

// unbroken is a hyphen at which no line ends.
const unbroken = "\u2011"

// wrap breaks a sentence into lines of at most w cells, at spaces where it can:
// hermes-agent and sign-in are one word.
func wrap(s string, w int) []string {
	if w <= 0 {
		return nil
	}
	text := ansi.Wrap(strings.ReplaceAll(s, "-", unbroken), w, " ")
	lines := strings.Split(strings.ReplaceAll(text, unbroken, "-"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimRight(line, " ")
	}
	return lines
}

// sentenceStart makes the first letter a capital, unless a host or a program is
// called so.
func sentenceStart(s string) string {
	if first, _, _ := strings.Cut(s, " "); strings.HasPrefix(first, "hermes-") || strings.Contains(strings.TrimRight(first, ".,:;"), ".") {
		return s
	}
	if r, n := utf8.DecodeRuneInString(s); unicode.IsLower(r) {
		return string(unicode.ToUpper(r)) + s[n:]
	}
	return s
}

// sentence makes an error's words a sentence: a capital first, a period last.
// Commands in back quotes keep their case.
func sentence(s string) string {
	s = strings.TrimSpace(clean(s))
	if s == "" {
		return ""
	}
	s = sentenceStart(s)
	if last, _ := utf8.DecodeLastRuneInString(s); !strings.ContainsRune(".!?…", last) {
		s += "."
	}
	return s
}
