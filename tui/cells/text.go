// Package cells fits text into the cells of a terminal: what it takes, what is cut,
// where a line ends. Text from outside is made safe to draw here.
package cells

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// longest is more characters than any window shows of one value.
const longest = 1000

// Clean makes text from outside safe to draw: control characters and those that
// reorder text become a dot.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	return secret.Clean(s, longest)
}

// Width is how many cells s takes.
func Width(s string) int {
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

// Cut shortens s to w cells; what was cut shows as more.
func Cut(s string, w int, more string) string {
	switch {
	case w <= 0:
		return ""
	case len(s) <= w: // no text takes more cells than bytes
		return s
	}
	return ansi.Truncate(s, w, more)
}

// Left sets s into w cells, cut if it is longer.
func Left(s string, w int, more string) string {
	s = Cut(s, w, more)
	return s + Blank(w-Width(s))
}

// Right sets s at the right edge of w cells, cut if it is longer.
func Right(s string, w int, more string) string {
	s = Cut(s, w, more)
	return Blank(w-Width(s)) + s
}

// Blank is n spaces, none when n is negative.
func Blank(n int) string { return strings.Repeat(" ", max(n, 0)) }

// unbroken is a hyphen at which no line ends.
const unbroken = "\u2011"

// Wrap breaks a sentence into lines of at most w cells, at spaces where it can:
// hermes-agent and sign-in are one word.
func Wrap(s string, w int) []string {
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
