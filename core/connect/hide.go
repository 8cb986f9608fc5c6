package connect

import (
	"regexp"
	"strings"
	"sync"
)

// hidden stands in the place of what is not shown.
const hidden = "···"

var (
	// secretName is a name, and its value, of a line that may be a secret.
	secretName = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)("?'?[\w.-]*(?:key|token|secret|passw(?:or)?d|credential|authorization|cookie|private[_-]?key|auth)[\w.-]*"?'?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'{\[,][^,}\]#]*)`)
	})
	// harmless are names that look like one and hold a command, a variable's
	// name or a number.
	harmless = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)helper|cmd|env|ttl|max|budget|expires|tokens|auth_?type|public|path|file|keyb|keyring|keystore|keyword|keymap|(?:^|[^a-z])id(?:[^a-z]|$)`)
	})
	// harmlessValue is a number, a word of a language, or a reference to a variable.
	harmlessValue = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^["']?(?:[\d._]*|true|false|null|~|\{env:\w+\}|\$\{?\w+\}?|\{file:[^}]*\})["']?\s*$`)
	})
	// shaped is a word that is as long and as mixed as tokens are.
	shaped   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z0-9_\-.~+/=]{20,}`) })
	prefixed = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b(?:sk|pk|rk|gh[pousr]|github_pat|xox[abprs]|AKIA|AIza|eyJ|htui)[-_A-Za-z0-9]{8,}[\w.~+/=-]*`)
	})
	inURL   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(://)[^/\s:@"']*:[^/\s@"']+@`) })
	digits  = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[0-9]`) })
	letters = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`[A-Za-z]`) })
)

// HideSecrets returns lines of a configuration without the values that look like
// secrets: those of names such as "token" or "api_key", the passwords of
// addresses, and words with the shape of a token.
func HideSecrets(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(hideLine(line))
	}
	return b.String()
}

func hideLine(line string) string {
	line = secretName().ReplaceAllStringFunc(line, func(found string) string {
		m := secretName().FindStringSubmatch(found)
		name, value := m[1], m[2]
		if harmless().MatchString(name) || harmlessValue().MatchString(value) {
			return found
		}
		return name + quoteLike(value) + strings.Repeat(" ", len(value)-len(strings.TrimRight(value, " ")))
	})
	line = inURL().ReplaceAllString(line, "${1}"+hidden+"@")
	line = prefixed().ReplaceAllString(line, hidden)
	return shaped().ReplaceAllStringFunc(line, func(word string) string {
		if !tokenShaped(word) {
			return word
		}
		return hidden
	})
}

// quoteLike hides a value and keeps its quotes.
func quoteLike(value string) string {
	if value[0] == '"' || value[0] == '\'' {
		return value[:1] + hidden + value[:1]
	}
	return hidden
}

// tokenShaped tells a token from a path, an address, a name or a sentence: it
// has digits and letters, and a run of twenty or more without a separator of
// words.
func tokenShaped(word string) bool {
	for _, part := range strings.FieldsFunc(word, func(r rune) bool { return strings.ContainsRune("/.-_=", r) }) {
		if len(part) >= 20 && digits().MatchString(part) && letters().MatchString(part) {
			return true
		}
	}
	return false
}
