package console

import (
	"bytes"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzOutput lets a line say anything: nothing that is printed controls the
// terminal, hides or reorders text.
func FuzzOutput(f *testing.F) {
	for _, s := range []string{
		"work\tminimax\n", "\x1b]52;c;ZXZpbA==\a", "\u009b31m", "a\x7fb\rc\x00", "\u202egnp.exe\u2066", "\xff\xed\xa0\x80", "\u2028\u200b\ufeff", "\u5e33\u865f\u200d",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		var shown bytes.Buffer
		n, err := (&output{to: &shown}).Write([]byte(line))
		if n != len(line) || err != nil {
			t.Fatalf("%d of %d bytes, %v", n, len(line), err)
		}
		bad := func(r rune) bool {
			return r != '\n' && r != '\t' && r != '\u200c' && r != '\u200d' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r))
		}
		if got := shown.String(); !utf8.ValidString(got) || strings.ContainsFunc(got, bad) {
			t.Fatalf("%q became %q", line, got)
		}
	})
}
