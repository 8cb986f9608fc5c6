package secret

import (
	"slices"
	"strings"
	"unicode"
)

// fillers are words that templates, redacted backups and manuals write where a
// secret belongs, and the beginnings of secrets that they leave in front of them.
var fillers = strings.Fields(`
	your my the a an here insert add put replace me with change changeme todo tbd
	access refresh id api token key secret bearer redacted removed hidden masked placeholder example dummy
	null nil none undefined true false
	sk pk rt at or ant oat oat01 api03 proj v1`)

// Placeholder reports whether a text only stands in the place of a secret: it is
// empty, masked ("sk-…abcd", "xxxx"), a variable ("${ACCESS_TOKEN}"), or says in
// words what belongs there ("your-api-key-here", "REDACTED").
func Placeholder(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" || strings.ContainsAny(s[:1], "$<{[%") || strings.Contains(s, "${") {
		return true
	}
	for _, mask := range []string{"...", "***", "…", "•"} {
		if strings.Contains(s, mask) {
			return true
		}
	}
	parts := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for _, part := range parts {
		filled := strings.Trim(part, "x") == "" || strings.Trim(part, "0") == ""
		if !filled && !slices.Contains(fillers, part) {
			return false
		}
	}
	return true
}
