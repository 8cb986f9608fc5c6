package clientkey

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/hermes-tui/hermes-tui/core/autherr"
)

// maxName and maxModel bound a key's name and pattern: a name goes into logs and
// metrics.
const (
	maxName  = 40
	maxModel = 100
)

// CheckName returns an error for a name that no key may have: it is to be typed,
// logged and counted.
func CheckName(name string) error {
	bad := name == "" || len(name) > maxName || strings.Trim(name[:1], "._-") == "" || strings.EqualFold(name, Default)
	for _, c := range name {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		bad = bad || !letter && (c < '0' || c > '9') && !strings.ContainsRune("._-", c)
	}
	if strings.EqualFold(name, Default) {
		return wrong("`default` is the name of the key that all programs may share", "choose another name; `hermes-tui serve --show-key` prints the default key")
	}
	if bad {
		return wrong(fmt.Sprintf("%.60q cannot be the name of a key", name), fmt.Sprintf("use up to %d letters, digits, dots, dashes and underscores, a letter or digit first, as in `editor`", maxName))
	}
	return nil
}

// CheckModel returns an error for a pattern that cannot be meant.
func CheckModel(pattern string) error {
	if len(pattern) > maxModel || !utf8.ValidString(pattern) || strings.ContainsFunc(pattern, func(r rune) bool { return !unicode.IsPrint(r) || unicode.IsSpace(r) }) {
		return wrong(fmt.Sprintf("%.120q is not a pattern of a model's name", pattern), "use a name such as MiniMax-M2, with * for any text and ? for one character")
	}
	return nil
}

// ParseLife reads how long a key is to be good for: 30d, 2w, or as Go writes it
// (12h, 90m).
func ParseLife(text string) (time.Duration, error) {
	var d time.Duration
	var err error
	day := map[byte]time.Duration{'d': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[last(text)]
	if day > 0 {
		var n int
		n, err = strconv.Atoi(text[:len(text)-1])
		if d = time.Duration(n) * day; err == nil && (n <= 0 || n > 36500) {
			err = strconv.ErrRange
		}
	} else {
		d, err = time.ParseDuration(text)
	}
	if err != nil || d <= 0 {
		return 0, wrong(fmt.Sprintf("%.40q is not a length of time for a key", text), "use days, weeks or hours, as in 30d, 2w or 12h")
	}
	return d, nil
}

func last(text string) byte {
	if text == "" {
		return 0
	}
	return text[len(text)-1]
}

// ParseRight reads a right by its name.
func ParseRight(text string) (Right, error) {
	var names []string
	for _, r := range Rights() {
		if string(r) == text {
			return r, nil
		}
		names = append(names, string(r))
	}
	return "", wrong(fmt.Sprintf("there is no right %.40q", text), "one of "+strings.Join(names, ", "))
}

func wrong(message, hint string) error {
	return &autherr.Error{Kind: autherr.Usage, Code: autherr.CodeUsage, Message: message, Hint: hint}
}
