package session

import (
	"testing"

	"github.com/charmbracelet/colorprofile"
)

// xterm itself has 256 colours though its name says 16; others of that name may not, and
// what a terminal says of itself goes before.
func TestDepth(t *testing.T) {
	for _, c := range []struct {
		env  map[string]string
		want colorprofile.Profile
	}{
		{map[string]string{"TERM": "xterm", "XTERM_VERSION": "XTerm(379)"}, colorprofile.ANSI256},
		{map[string]string{"TERM": "xterm"}, colorprofile.Unknown},
		{map[string]string{"TERM": "xterm", "XTERM_VERSION": "other"}, colorprofile.Unknown},
		{map[string]string{"TERM": "xterm", "XTERM_VERSION": "XTerm(379)", "COLORTERM": "truecolor"}, colorprofile.Unknown},
		{map[string]string{"TERM": "screen", "XTERM_VERSION": "XTerm(379)"}, colorprofile.Unknown},
		{map[string]string{"TERM": "xterm-256color", "XTERM_VERSION": "XTerm(379)"}, colorprofile.Unknown},
		{map[string]string{"TERM": "dumb", "XTERM_VERSION": "XTerm(379)"}, colorprofile.Unknown},
		{nil, colorprofile.Unknown},
	} {
		w := World{Env: func(name string) string { return c.env[name] }}
		if got := w.Depth(); got != c.want {
			t.Errorf("%v: %v, want %v", c.env, got, c.want)
		}
	}
}
