package secret

import (
	"regexp"
	"strings"
	"sync"
)

// tokenSize is how many letters and digits, in words that are none of a
// language, have the shape of a secret.
const tokenSize = 20

// word is one run of letters and digits of a text: a half-open range of its
// skeleton, and what it looks like.
type word struct {
	span
	look look
}

// look is what a word looks like.
type look int

const (
	plain  look = iota // a word of a language, or of a code such as invalid_grant
	number             // digits, or one or two characters: it says nothing alone
	odd                // letters and digits mixed, odd capitals, or very long
)

// longestWord is how many letters a word has at most: "misconfiguration" has 16.
const longestWord = 19

// moment is a time of RFC 3339, as providers write it into a sentence. No
// program pays for it that meets none.
var moment = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?\b`)
})

// Shaped reports whether something in text has the shape of a secret; see
// [Scrubber.Words].
func Shaped(text string) bool { return len(shapes(text)) > 0 }

// shapes returns what in text has the shape of a secret: 20 letters and digits
// or more in words that are none of a language, whatever stands between them,
// with all that is written in one piece with them. One or two words of a
// language between two odd ones may be odd ones that only look like it.
func shapes(text string) []span {
	bones := skeletonOf(text)
	words := wordsOf(text, bones)
	var found []span
	first, last, size := -1, -1, 0 // words of the group
	flush := func() {
		if size >= tokenSize {
			found = append(found, whole(text, bones.place(span{words[first].from, words[last].to})))
		}
		first, size = -1, 0
	}
	for i, between := 0, 0; i < len(words); { // between: words of a language since the last odd one
		if words[i].look == plain {
			if between++; between > 2 {
				flush()
			}
			i++
			continue
		}
		from, letters, odds := i, 0, false
		for ; i < len(words) && words[i].look != plain; i++ {
			letters += words[i].len()
			odds = odds || words[i].look == odd
		}
		if !odds && i-from < manyNumbers {
			between++
			continue
		}
		if first < 0 {
			first = from
		}
		last, size, between = i-1, size+letters, 0
	}
	flush()
	return found
}

// manyNumbers in a row are no address and no time.
const manyNumbers = 16

// joiners are the characters that tokens are made of beside letters and digits
// (RFC 6750, section 2.1), and those that encode them.
const joiners = "-._~+/=%\\"

// whole widens a part of text to all that is written in one piece with it.
func whole(text string, part span) span {
	in := func(i int) bool { return isAlnum(text[i]) || strings.IndexByte(joiners, text[i]) >= 0 }
	for part.from > 0 && in(part.from-1) {
		part.from--
	}
	for part.to < len(text) && in(part.to) {
		part.to++
	}
	return part
}

// wordsOf splits a text into its words.
func wordsOf(text string, bones skeleton) []word {
	known := harmless(text)
	var all []word
	for from := 0; from < len(bones.at); {
		to := from + 1
		for to < len(bones.at) && bones.at[to].from == bones.at[to-1].to {
			to++
		}
		w := word{span{from, to}, lookOf(bones.text[from:to])}
		for len(known) > 0 && known[0].to <= bones.at[from].from {
			known = known[1:]
		}
		if len(known) > 0 && known[0].from <= bones.at[from].from && known[0].to >= bones.at[to-1].to {
			w.look = plain
		}
		all, from = append(all, w), to
	}
	for i := 1; i < len(all); i++ {
		all[i].follow(all[i-1])
	}
	for i := len(all) - 2; i >= 0; i-- {
		all[i].follow(all[i+1])
	}
	return all
}

func (w word) len() int { return w.to - w.from }

// follow makes a word odd that is as long as an odd neighbour: a secret that was
// broken into lines has parts that look like words.
func (w *word) follow(neighbour word) {
	if w.look == plain && neighbour.look == odd && w.len() == neighbour.len() && w.len() >= 4 {
		w.look = odd
	}
}

func lookOf(w string) look {
	digits := 0
	for i := range len(w) {
		if isDigit(w[i]) {
			digits++
		}
	}
	switch {
	case digits == len(w) && len(w) < tokenSize, len(w) <= 2 && digits > 0, len(w) == 1:
		return number
	case digits == 0 && humps(w):
		return plain
	default:
		return odd
	}
}

// humps reports whether letters are one word or several in one, as in
// "invalid", "INVALID", "MiniMax", "InvalidTokenException": capitals, then small
// letters, then words of three letters and more that each begin with a capital.
func humps(w string) bool {
	rest := strings.TrimLeft(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	first := strings.TrimLeft(rest, "abcdefghijklmnopqrstuvwxyz")
	ok := len(w)-len(first) <= longestWord && len(w) <= 2*longestWord
	for rest = first; ok && rest != ""; rest = first {
		first = strings.TrimLeft(rest[1:], "abcdefghijklmnopqrstuvwxyz")
		small := len(rest) - 1 - len(first)
		ok = small >= 2 && small < longestWord
	}
	return ok
}
