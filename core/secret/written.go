package secret

import (
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
)

// way is one exact way of writing a secret; "" where it does not suit this one.
type way func(s string) string

// ways are all of them that are looked for in a stream: the spellings, and those that a
// [Scrubber] finds by their letters and digits alone, which a stream cannot be taken
// apart into.
func ways() []way {
	all := []way{
		func(s string) string { return s },
		url.QueryEscape, url.PathEscape,
		func(s string) string { return lowerDigits(url.QueryEscape(s)) },
		func(s string) string { return lowerDigits(url.PathEscape(s)) },
		func(s string) string { return url.QueryEscape(url.QueryEscape(s)) },
		backwards, strings.ToLower, strings.ToUpper,
		quoted,
		func(s string) string { return strings.ReplaceAll(quoted(s), "/", `\/`) },
		func(s string) string { return numbered(s, `\u%04x`) },
		func(s string) string { return numbered(s, `\u%04X`) },
		func(s string) string { return hex.EncodeToString([]byte(s)) },
		func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	}
	for _, one := range base64Ways() {
		all = append(all, one.of)
	}
	for _, each := range []bytewise{
		{before: "%", number: lowerHex},
		{before: "%", number: upperHex},
		{before: "%25", number: upperHex},
		{before: "=", number: upperHex},
		{before: `\x`, number: lowerHex},
		{before: `\u00`, number: lowerHex},
		{before: `\u00`, number: upperHex},
		{before: "&#", number: decimal, after: ";"},
		{before: "&#x", number: shortHex, after: ";"},
		{before: "&#x", number: shortUpperHex, after: ";"},
	} {
		all = append(all, each.of)
	}
	for _, each := range []bytewise{{number: lowerHex}, {number: upperHex}, {before: "0x", number: lowerHex}, {number: decimal}} {
		for _, between := range []string{" ", ":", ",", ", "} {
			each.between = between
			all = append(all, each.of)
		}
	}
	return all
}

// bytewise writes the bytes of a secret one by one. A token has thousands, and is written
// in each of these ways before it is first sent: package fmt would take milliseconds.
type bytewise struct {
	before  string
	number  func(to []byte, c byte) []byte
	after   string
	between string
}

func (w bytewise) of(s string) string {
	out := make([]byte, 0, len(s)*(len(w.before)+3+len(w.after)+len(w.between)))
	for i := range len(s) {
		if i > 0 {
			out = append(out, w.between...)
		}
		out = append(out, w.before...)
		out = w.number(out, s[i])
		out = append(out, w.after...)
	}
	return string(out)
}

const (
	lowerDigit = "0123456789abcdef"
	upperDigit = "0123456789ABCDEF"
)

func lowerHex(to []byte, c byte) []byte { return append(to, lowerDigit[c>>4], lowerDigit[c&15]) }
func upperHex(to []byte, c byte) []byte { return append(to, upperDigit[c>>4], upperDigit[c&15]) }
func decimal(to []byte, c byte) []byte  { return strconv.AppendUint(to, uint64(c), 10) }
func octal(to []byte, c byte) []byte    { return append(to, '0'+c>>6, '0'+c>>3&7, '0'+c&7) }

// shortHex has no zero in front.
func shortHex(to []byte, c byte) []byte { return strconv.AppendUint(to, uint64(c), 16) }

func shortUpperHex(to []byte, c byte) []byte {
	if c < 16 {
		return append(to, upperDigit[c])
	}
	return upperHex(to, c)
}
