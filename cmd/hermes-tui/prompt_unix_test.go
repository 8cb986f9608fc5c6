//go:build unix

package main_test

import (
	"encoding/base64"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestPromptStandsAtOnce: whoever meets the refusal, a key press, the refresh
// ahead of time or another process, the window asks for the sign-in within a
// second of it. Nothing that went over the wire stands in a file, in the
// window's log, or on its screen.
func TestPromptStandsAtOnce(t *testing.T) {
	for name, meet := range map[string]func(b *bench, x *terminal){
		"this window": func(_ *bench, x *terminal) { x.press("r") },
		"nobody":      func(*bench, *terminal) {},
		"another process": func(b *bench, _ *terminal) {
			p := b.start("refresh", "--force")
			b.t.Cleanup(func() { p.end(b.t) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			life := 15 * time.Minute
			if name == "nobody" {
				life = 6 * time.Second
			}
			b := newBench(t, sandbox.Options{AccessTTL: life})
			w := b.tap()
			b.signIn("--label", "work")
			b.env = append(b.env, "HERMES_TUI_LOG_LEVEL=debug")
			x := b.session(100, 30, false, `hermes-tui; echo "ended with $?"; stty -a`)
			x.match(`● ok`)
			b.portal.RevokeAll()
			meet(b, x)
			b.await(sandbox.KindRefresh, sandbox.Refused)
			refused := time.Now()
			x.match(`work needs you to sign in again`)
			t.Logf("the prompt stands %v after the refusal", time.Since(refused).Round(time.Millisecond))
			x.pressUntil("\r", codeOnScreen)
			code := x.match(codeOnScreen)[1]
			if err := b.portal.Approve(code); err != nil {
				t.Fatal(err)
			}
			x.match(`● ok`)
			x.press("q")
			x.match(`ended with 0`)
			x.restored()
			if found := w.leaks(t, b.home); len(found) > 0 {
				t.Errorf("a secret stands in %v", found)
			}
			log, err := os.ReadFile(filepath.Join(b.state(), "hermes-tui.log"))
			if err != nil || len(log) == 0 {
				t.Errorf("the window's log has %d bytes, %v", len(log), err)
			}
			if w.needles().in([]byte(x.written())) {
				t.Error("a secret was on the screen")
			}
		})
	}
}

// TestSecondTerminal runs the line that the help page copies, as it is, also
// where a folder's name has a space and the program is not on the path.
func TestSecondTerminal(t *testing.T) {
	t.Parallel()
	temp := filepath.Join(t.TempDir(), "it's temporary")
	elsewhere := filepath.Join(temp, "hermes-tui")
	if err := errors.Join(os.MkdirAll(temp, 0o700), os.Symlink(binary, elsewhere)); err != nil {
		t.Fatal(err)
	}
	x, env := windowIn(t, []string{"TMPDIR=" + temp, "PATH=/usr/bin:/bin", "RUN=" + elsewhere}, 60, 16, "--auto-approve", "1ms")
	x.match(`No accounts yet`)
	x.press("a")
	x.match(`Where is the account`)
	x.press("\r")
	x.match(`Which MiniMax`)
	x.press("\r")
	x.match(`shall it be called`)
	x.press("\r")
	x.match(`● ok`)
	x.press("?")
	x.match(`SECOND TERMINAL`)
	x.press("c")
	x.match(`sent to the clipboard`)
	copied := x.writes(`\x1b\]52;c;([A-Za-z0-9+/=]+)\x07`)
	line, err := base64.StdEncoding.DecodeString(copied[1])
	if err != nil {
		t.Fatal(err)
	}
	if flat := strings.Join(strings.Fields(x.screen.Text()), ""); !strings.Contains(flat, strings.ReplaceAll(string(line), " ", "")) {
		t.Errorf("the line that is copied, %q, is not the one that is shown:\n%s", line, x.screen.Text())
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", string(line))
	cmd.Env = env
	if out, err := cmd.Output(); err != nil || !strings.HasPrefix(string(out), "sandbox-at-") {
		t.Errorf("%q in a second terminal: %d bytes, %v", line, len(out), err)
	}
	x.press("q")
	x.press("q")
	x.match(`ended with 0`)
}
