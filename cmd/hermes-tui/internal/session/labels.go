package session

import (
	"regexp"
	"runtime"
	"strings"

	"github.com/hermes-tui/hermes-tui/core/connect"
)

// labelled is a text with the label of each account in the place of its id, written as
// a shell wants it. An account whose label means another one as well keeps its id.
func (s *Session) labelled(text string) string {
	if s.opened == nil {
		return text
	}
	for _, a := range s.opened.Snapshot().Accounts {
		if a.Label == "" || a.Label == a.ID || !strings.Contains(text, a.ID) {
			continue
		}
		id, err := regexp.Compile(`\b` + regexp.QuoteMeta(a.ID) + `\b`)
		if err != nil || !id.MatchString(text) {
			continue
		}
		if one, err := s.opened.SelectOne(a.Label); err == nil && one.ID == a.ID {
			label := connect.Line(runtime.GOOS, a.Label)
			text = id.ReplaceAllLiteralString(text, label)
		}
	}
	return text
}
