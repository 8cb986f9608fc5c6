//go:build unix

package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/buildtest"
)

// TestCopy copies the code of a sign-in: through the terminal always, and by the
// desktop's tool where the person sits at this machine.
func TestCopy(t *testing.T) {
	for name, tt := range map[string]struct {
		env    []string
		native bool
	}{
		"desktop": {[]string{"WAYLAND_DISPLAY=wayland-9"}, true},
		"ssh":     {[]string{"WAYLAND_DISPLAY=wayland-9", "SSH_TTY=/dev/pts/9"}, false},
		"console": {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tools := t.TempDir()
			clip := filepath.Join(tools, "clip")
			script := "#!/bin/sh\ncat > " + clip + ".new && mv " + clip + ".new " + clip + "\n"
			buildtest.Write(t, filepath.Join(tools, "wl-copy"), []byte(script))
			x, _ := windowIn(t, append(tt.env, "PATH="+filepath.Dir(binary)+":"+tools+":"+os.Getenv("PATH")), 100, 30)
			x.match(`No accounts yet`)
			x.press("a")
			x.match(`Where is the account`)
			x.press("\r")
			x.match(`Which MiniMax`)
			x.press("\r")
			x.match(`shall it be called`)
			x.press("\r")
			code := x.match(codeOnScreen)[1]
			x.press("c")
			x.match(`Code sent to the clipboard`)
			x.writes(regexp.QuoteMeta(osc52(code)))
			if tt.native {
				await(t, func() bool { text, err := os.ReadFile(clip); return err == nil && string(text) == code })
			}
			x.press("\x1b")
			x.match(`No accounts yet`)
			x.press("q")
			x.match(`ended with 0`)
			if _, err := os.Stat(clip); !tt.native && err == nil {
				t.Error("it was copied at a machine where nobody sits")
			}
		})
	}
}
