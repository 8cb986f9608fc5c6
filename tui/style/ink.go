package style

import (
	"strings"

	"charm.land/lipgloss/v2"
)

// Ink is a style for text on one line: what is written before and after it.
// lipgloss finds that out anew for each text, which was half the cost of a frame.
type Ink struct {
	style         *lipgloss.Style
	before, after string
}

func newInk(s lipgloss.Style) Ink {
	before, after, _ := strings.Cut(s.Render("x"), "x")
	return Ink{&s, before, after}
}

// Render writes text in the ink.
func (i Ink) Render(text ...string) string {
	s := strings.Join(text, " ")
	if s == "" {
		return ""
	}
	return i.before + s + i.after
}
