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

// A folder that is named and empty is none, and not the one that is used without.
func TestSetting_Empty(t *testing.T) {
	w := &World{Env: func(string) string { return "here" }}
	if err := w.Setting("HERMES_TUI_HOME")(""); err == nil || w.Env("HERMES_TUI_HOME") != "here" {
		t.Errorf("%v, %q", err, w.Env("HERMES_TUI_HOME"))
	}
	if err := w.Setting("HERMES_TUI_HOME")("there"); err != nil || w.Env("HERMES_TUI_HOME") != "there" {
		t.Errorf("%v, %q", err, w.Env("HERMES_TUI_HOME"))
	}
}
