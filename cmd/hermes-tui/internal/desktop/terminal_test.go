package desktop

import (
	"testing"

	"github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/session"
	"github.com/hermes-tui/hermes-tui/tui/style"
)

func worldWith(env map[string]string) *session.World {
	return &session.World{Env: func(name string) string { return env[name] }}
}

func TestBackground_IsReadFromColorfgbg(t *testing.T) {
	for value, want := range map[string]style.Background{
		"15;0": style.Dark, "15;default;0": style.Dark, "7;8": style.Dark,
		"0;15": style.Light, "0;default;15": style.Light, "0;7": style.Light, "0;11": style.Light,
		"": style.Unknown, "0": style.Unknown, "15;default": style.Unknown, "0;16": style.Unknown, "0;-1": style.Unknown, "x;y;": style.Unknown,
	} {
		if got := Background(worldWith(map[string]string{"COLORFGBG": value})); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestTerminal_IsNamedByItsProgramAndMachine(t *testing.T) {
	for _, tc := range []struct {
		env  map[string]string
		want string
	}{
		{nil, ""},
		{map[string]string{"TERM": "xterm-256color"}, "xterm-256color@here"},
		{map[string]string{"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, "WezTerm@here"},
		{map[string]string{"TERM": "screen", "LC_TERMINAL": "iTerm2", "SSH_CONNECTION": "192.0.2.7 40212 192.0.2.1 22"}, "iTerm2@192.0.2.7"},
	} {
		if got := Terminal(worldWith(tc.env)); got != tc.want {
			t.Errorf("%v: %q, want %q", tc.env, got, tc.want)
		}
	}
}
