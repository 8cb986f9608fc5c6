package secret_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

func TestClean(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		limit    int
		want     string
	}{
		{"plain text stays", "invalid_grant: gone", 80, "invalid_grant: gone"},
		{"letters of the world stay", "帳號 العربية é 👩‍💻", 80, "帳號 العربية é 👩‍💻"},
		{"colours go", "\x1b[31mred\x1b[0m", 80, "red"},
		{"8-bit CSI goes", "\u009b31mred", 80, "red"},
		{"OSC 52 cannot write the clipboard", "a\x1b]52;c;ZXZpbA==\ab", 80, "ab"},
		{"OSC 8 link ends with ST", "\x1b]8;;https://evil.example\x1b\\text\x1b]8;;\x1b\\", 80, "text"},
		{"DCS, APC and PM go", "\x1bPq1\x1b\\\x1b_x\x1b\\\x1b^y\x1b\\z", 80, "z"},
		{"a sequence without an end loses its escape only", "a\x1b]0;title", 80, "a·]0;title"},
		{"a cut CSI loses its escape only", "a\x1b[31", 80, "a·[31"},
		{"two-character escapes go", "a\x1bcb\x1b(Bc", 80, "abc"},
		{"other controls show as dots", "a\x00\x07\x7f\u0085b", 80, "a··· b"},
		{"lines become one", "{\r\n\t\"a\": 1\u2028}\n", 80, "{ \"a\": 1 }"},
		{"bidi overrides show as dots", "abc\u202Egnp.exe\u2066", 80, "abc·gnp.exe·"},
		{"zero-width space shows as a dot", "mini\u200bmax", 80, "mini·max"},
		{"broken UTF-8 is replaced", "a\xff\xfeb", 80, "a\uFFFDb"},
		{"long text is cut", "abcdef", 4, "abc…"},
		{"text of exactly the limit is not", "abcd", 4, "abcd"},
		{"limit one", "abcd", 1, "…"},
		{"limit zero", "abcd", 0, ""},
		{"space around goes", "  a  b  ", 80, "a b"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := secret.Clean(tc.in, tc.limit); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	f.Add("plain", 10)
	f.Add("\x1b]52;c;x\a\x1b[31m", 100)
	f.Add("\u009d0;x\u009c\xff\u202e", 5)
	f.Add("a \x1b[", 3)
	f.Fuzz(func(t *testing.T, in string, limit int) {
		limit %= 1000
		got := secret.Clean(in, limit)
		if n := utf8.RuneCountInString(got); n > max(limit, 0) {
			t.Fatalf("%d characters, limit %d", n, limit)
		}
		if !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) {
			t.Fatalf("not clean: %q", got)
		}
		if again := secret.Clean(got, limit); again != got {
			t.Fatalf("cleaning twice changed %q into %q", got, again)
		}
	})
}
