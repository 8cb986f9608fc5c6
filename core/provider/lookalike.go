package provider

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/hermes-tui/hermes-tui/core/secret"
)

// maxName is the longest name of a provider in characters.
const maxName = 60

// checkNames returns an error where a provider of the configuration could be
// taken for one that is built in: a person reads the name, and not the host,
// before signing in.
func (t Table) checkNames(p Provider) error {
	if why := unreadable(p.Name); why != "" {
		return wrongSetting(p.ID, "name", why)
	}
	for _, name := range append([]string{p.ID, p.Name}, p.Aliases...) {
		for _, other := range t {
			if !other.Configured && other.ID != p.ID && other.looksLike(name) {
				return wrongSetting(p.ID, "", "cannot be called "+quoted(name)+", which looks like "+other.Name)
			}
		}
	}
	return nil
}

// unreadable says why a name cannot be shown without misleading anybody; empty
// when it can.
func unreadable(name string) string {
	if name != secret.Clean(name, maxName) || strings.ContainsFunc(name, func(r rune) bool { return r > '~' && !unicode.IsPrint(r) }) {
		return "has characters that cannot be shown, or more than 60"
	}
	if mixesAlphabets(norm.NFKD.String(name)) {
		return "mixes letters of several alphabets"
	}
	return ""
}

// mixesAlphabets reports whether a text has Latin letters beside ones of another
// alphabet, or Latin ones that are made for phonetics: both are how one name is
// dressed as another. Chinese, Japanese and Korean stand beside Latin everywhere
// (Unicode's "highly restrictive" level, UTS #39 section 5.2).
func mixesAlphabets(text string) bool {
	latin, other := false, false
	for _, r := range text {
		switch {
		case !unicode.IsLetter(r), unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo):
		case unicode.Is(unicode.Latin, r):
			if latin = true; r > 'ſ' {
				return true
			}
		default:
			other = true
		}
	}
	return latin && other
}

// looksLike reports whether a name can be read as one of the provider's own.
func (p Provider) looksLike(name string) bool {
	look := likeness(name)
	own := append([]string{p.ID, p.Name}, p.Aliases...)
	for _, r := range p.Regions {
		own = append(own, r.ProviderName, r.Short, p.Name+r.Name, p.Name+r.ID)
	}
	for _, one := range own {
		if look == likeness(one) {
			return true
		}
	}
	return false
}

// likeness is what is left of a name to the eye: without spaces, marks and
// capitals, and with one character for those that look alike.
func likeness(name string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(name) {
		r = unicode.ToLower(r)
		if same := strings.IndexRune(alike, r); same >= 0 {
			r = []rune(asLatin)[len([]rune(alike[:same]))]
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		}
	}
	return strings.NewReplacer("rn", "m", "vv", "w", "cl", "d").Replace(b.String())
}

// alike are characters that look like the ones below them: digits and signs, then
// Latin, Greek, Cyrillic and Armenian letters (Unicode's confusables.txt), in
// lower case, because a capital that looks like a Latin one is enough.
const (
	alike   = "01l|!5$@" + "ıłøđħŧ" + "αβεζηικμνορτυχγω" + "абвгеёзийкмнорстухѕіјԛԝһԁӏүп" + "ոսօցհլ"
	asLatin = "oiiiissa" + "iiodht" + "abeznikmnoptuxyw" + "abbreeenikmhopctyxsijqwhdiyn" + "nuoghi"
)
