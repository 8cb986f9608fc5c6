package session

import (
	"regexp"
	"runtime"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/connect"
)

// labelled is a text with the label of each account in the place of its id, written as
// a shell wants it, as [accounts.Accounts.NameOf] names them.
func (s *Session) labelled(text string) string {
	if s.opened == nil {
		return text
	}
	for _, a := range s.opened.Snapshot().Accounts {
		if a.Label == "" || a.Label == a.ID || !strings.Contains(text, a.ID) {
			continue
		}
		if name := s.opened.NameOf(a); name != a.ID {
			text = relabel(text, a.ID, connect.Line(runtime.GOOS, name))
		}
	}
	return text
}

// relabel puts a label in the place of an id that is a word of its own: one that is a
// part of a file's name, of an address or of another name stays.
func relabel(text, id, label string) string {
	word := regexp.MustCompile(`(^|[\s"'(` + "`" + `])` + regexp.QuoteMeta(id) + `($|[\s"')` + "`" + `,;:]|\.(?:\s|$))`)
	for {
		at := word.FindStringSubmatchIndex(text)
		if at == nil || strings.Contains(label, id) {
			return text
		}
		text = text[:at[3]] + label + text[at[4]:]
	}
}
