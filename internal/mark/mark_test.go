package mark_test

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/mark"
)

// One mark is taken off, at the beginning alone.
func TestCut(t *testing.T) {
	for text, want := range map[string]string{
		"":                   "",
		"{}":                 "{}",
		"\xef\xbb\xbf{}":     "{}",
		"\xef\xbb\xbf":       "",
		"\xef\xbb":           "\xef\xbb",
		" \ufeff{}":          " \ufeff{}",
		"\ufeff\ufeff{}":     "\ufeff{}",
		"\xff\xfe{\x00}\x00": "\xff\xfe{\x00}\x00", // UTF-16's is another
	} {
		rest, marked := mark.Cut([]byte(text))
		if string(rest) != want || marked != (text != want) || string(mark.Trim([]byte(text))) != want {
			t.Errorf("%q: %q, %t", text, rest, marked)
		}
	}
}
