package secret

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// spellings returns the ways in which a server, a proxy or a log may write s:
// plain, percent-encoded, JSON-escaped, hex, bytes as fmt prints them, and
// base64 of a text that s is only a part of. The longest come first.
func spellings(s string) []string {
	all := []string{s}
	all = append(all, percent(s)...)
	all = append(all, escaped(s)...)
	lower := hex.EncodeToString([]byte(s))
	all = append(all, lower, strings.ToUpper(lower))
	all = append(all, bytewise{number: decimal, between: " "}.of(s))
	all = append(all, base64s(s)...)
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	return slices.Compact(all)
}

// looseSpellings returns the letters and digits of further spellings of s, in
// lower case, each of 16 and more: they are found whatever stands between them,
// so that "%65%4a" is "=65=4A" and "65 4a", base64 of either alphabet is one, and
// a token that was broken into lines is a token.
func looseSpellings(s string) []string {
	query := url.QueryEscape(s)
	all := []string{s, query, url.QueryEscape(query), url.PathEscape(s), numbered(s, `\u%04x`), backwards(s)}
	for _, each := range []bytewise{
		{number: lowerHex}, {before: "25", number: lowerHex}, {before: "u00", number: lowerHex},
		{before: "x", number: lowerHex}, {number: octal}, {number: decimal},
	} {
		all = append(all, each.of(s))
	}
	all = append(all, base64s(s)...)
	for i, spelling := range all {
		all[i] = bare(spelling)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(spelling string) bool { return len(spelling) < piece })
}

func backwards(s string) string {
	b := []byte(s)
	slices.Reverse(b)
	return string(b)
}

// percent returns the URL encodings of s, with upper and lower case digits.
func percent(s string) []string {
	query, path := url.QueryEscape(s), url.PathEscape(s)
	return []string{query, lowerDigits(query), path, lowerDigits(path)}
}

// lowerDigits turns %2F into %2f.
func lowerDigits(s string) string {
	b := []byte(s)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], strings.ToLower(s[i+1:i+3]))
			i += 2
		}
	}
	return string(b)
}

// escaped returns s as JSON writers of several languages put it into a string:
// as Go does, with "\/", and with \u for everything but letters and digits.
func escaped(s string) []string {
	plain := quoted(s)
	return []string{
		plain,
		strings.ReplaceAll(plain, "/", `\/`),
		numbered(s, `\u%04x`),
		numbered(s, `\u%04X`),
	}
}

// quoted is s as Go writes it into a string of JSON.
func quoted(s string) string {
	text, _ := json.Marshal(s) // a string always marshals
	return string(text[1 : len(text)-1])
}

func numbered(s, format string) string {
	var out strings.Builder
	for _, r := range s {
		switch {
		case r == '-', r == '_', r == '.', r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z':
			out.WriteRune(r)
		default:
			fmt.Fprintf(&out, format, r)
		}
	}
	return out.String()
}

// base64s returns what is certain to stand in the base64 text of anything that
// contains s, in either alphabet.
func base64s(s string) []string {
	var out []string
	for _, one := range base64Ways() {
		if text := one.of(s); text != "" {
			out = append(out, text)
		}
	}
	return out
}

// base64Way is base64 of a text that a secret is a part of. Base64 encodes three bytes
// together, so it looks different at each of three offsets, and the characters at
// either end, which also depend on the neighbours, are left out.
type base64Way struct {
	offset, skip int
	alphabet     *base64.Encoding
}

func base64Ways() (all []base64Way) {
	for offset, skip := range []int{0, 2, 3} {
		for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			all = append(all, base64Way{offset, skip, alphabet})
		}
	}
	return all
}

// of returns "" for what is too short to be told from other text.
func (w base64Way) of(s string) string {
	padded := append(make([]byte, w.offset, w.offset+len(s)), s...)
	certain := len(padded) * 8 / 6
	if certain-w.skip < shortest {
		return ""
	}
	return w.alphabet.EncodeToString(padded)[w.skip:certain]
}
