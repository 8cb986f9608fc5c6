// Package leaktest has tokens to look for in what a program says, and the ways in
// which they may be written there.
package leaktest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// Encodings are the ways in which a server, or somebody who wants to get past a
// filter, may write a token, by name.
func Encodings() map[string]func(string) string {
	return map[string]func(string) string{
		"plain":            func(s string) string { return s },
		"percent":          percentAll("%%%02X"),
		"percent, lower":   percentAll("%%%02x"),
		"percent, twice":   percentAll("%%25%02X"),
		"query":            url.QueryEscape,
		"base64":           func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"base64url, 1":     func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(":" + s + ".")) },
		"base64, 2":        func(s string) string { return base64.StdEncoding.EncodeToString([]byte("a:" + s + "..")) },
		"hex":              func(s string) string { return hex.EncodeToString([]byte(s)) },
		"HEX":              func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
		"JSON":             percentAll(`\u%04x`),
		"entities":         percentAll("&#%d;"),
		"hex entities":     percentAll("&#x%X;"),
		"quoted-printable": percentAll("=%02X"),
		"octal":            percentAll(`\%03o`),
		"decimal":          percentAll("%d, "),
		"zero width":       strew("\u200b"),
		"control":          strew("\x00"),
		"escapes":          strew("\x1b[0m"),
		"joiners":          strew("\u200d"),
		"spaces":           strew(" "),
		"lines":            lines("\n", 10),
		"lines of four":    lines("\r\n ", 4),
		"soft breaks":      lines("=\r\n", 12),
		"backwards": func(s string) string {
			b := []byte(s)
			slices.Reverse(b)
			return string(b)
		},
		"small letters": strings.ToLower,
		"full width": func(s string) string {
			return strings.Map(func(r rune) rune {
				if r > ' ' && r < 0x7f {
					return r + 0xfee0
				}
				return r
			}, s)
		},
	}
}

func percentAll(format string) func(string) string {
	return func(s string) string {
		var out strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&out, format, c)
		}
		return out.String()
	}
}

func strew(between string) func(string) string { return lines(between, 1) }

func lines(between string, every int) func(string) string {
	return func(s string) string {
		var parts []string
		for chunk := range slices.Chunk([]byte(s), every) {
			parts = append(parts, string(chunk))
		}
		return strings.Join(parts, between)
	}
}

// Tokens returns n made-up tokens of the shapes that providers use: JWTs, prefixed,
// hex, UUIDs, base64, base32. They are the same ones every time.
func Tokens(n int) (all []string) {
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(alphabet string, n int) string {
		var out strings.Builder
		for range n {
			out.WriteByte(alphabet[r.IntN(len(alphabet))])
		}
		return out.String()
	}
	const lower, digits = "abcdefghijklmnopqrstuvwxyz", "0123456789"
	upper := strings.ToUpper(lower)
	for i := range n {
		switch i % 7 {
		case 0:
			all = append(all, "eyJ"+draw(lower+upper+digits+"-_", 60)+".eyJ"+draw(lower+upper+digits+"-_", 90)+"."+draw(lower+upper+digits+"-_", 43))
		case 1:
			all = append(all, "mm-rt-"+draw(lower+upper+digits, 40))
		case 2:
			all = append(all, draw(digits+"abcdef", 64))
		case 3:
			all = append(all, draw(digits+"abcdef", 8)+"-"+draw(digits+"abcdef", 4)+"-4"+draw(digits+"abcdef", 3)+"-8"+draw(digits+"abcdef", 3)+"-"+draw(digits+"abcdef", 12))
		case 4:
			all = append(all, "rt_"+draw(lower+upper+digits+"+/", 86)+"==")
		case 5:
			all = append(all, draw(upper+"234567", 52))
		case 6:
			all = append(all, draw(lower+upper+digits+"-._~+", 48))
		}
	}
	return all
}

// Left returns the longest part of a token, without punctuation and capitals, that
// can be read out of text, whatever stands in between. Ordinary words share some
// characters with any token; 12 are too many.
func Left(text, token string) string {
	text, token = skeleton(text), skeleton(token)
	longest := ""
	for from := range token {
		for to := from + len(longest) + 1; to <= len(token) && strings.Contains(text, token[from:to]); to++ {
			longest = token[from:to]
		}
	}
	return longest
}

func skeleton(s string) string {
	return strings.Map(func(r rune) rune {
		if r < utf8.RuneSelf && (r >= '0' && r <= '9' || r|0x20 >= 'a' && r|0x20 <= 'z') {
			return r
		}
		return -1
	}, strings.ToLower(s))
}
