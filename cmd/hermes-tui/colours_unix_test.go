//go:build unix

package main_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/internal/screen"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// In a terminal that never says what its background is the window is drawn in colours
// of all 256 that suit either, the selected row is no bar of the other colour, and
// doctor says so. What the terminal answers once is believed when it does not again.
func TestWindow_ColoursWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	window := func(env ...string) *terminal {
		cmd := b.command(t.Context())
		cmd.Env = append(slices.Clone(cmd.Env), append([]string{"TERM=xterm-256color", "LANG=C.UTF-8", "SSH_TTY=/dev/nowhere"}, env...)...)
		return open(t, cmd, 100, 30, true)
	}
	doctor := func() string {
		cmd := b.command(t.Context(), "doctor")
		cmd.Env = append(slices.Clone(cmd.Env), "TERM=xterm-256color")
		out, _ := cmd.Output()
		return string(out)
	}
	name := func(x *terminal) screen.Cell {
		x.match(`● ok`)
		return x.screen.Cell(2, 0)
	}
	leave := func(x *terminal) {
		x.press("q")
		<-x.done
	}
	x := window()
	if c := name(x); c.Foreground != "#875fd7" {
		t.Errorf("the name is %s where nobody knows the background", c.Foreground)
	}
	for y, line := range strings.Split(x.screen.Text(), "\n") {
		if c := x.screen.Cell(3, y); c.Reverse || c.Background != "" {
			t.Errorf("line %d has a background: %q", y, line)
		}
	}
	leave(x)
	if text := doctor(); !strings.Contains(text, "xterm-256color@here has not told the window its background") {
		t.Errorf("doctor says:\n%s", text)
	}
	x = window("TERM=xterm", "XTERM_VERSION=XTerm(379)") // has them, too
	if c := name(x); c.Foreground != "#875fd7" {
		t.Errorf("the name is %s in xterm", c.Foreground)
	}
	leave(x)
	x = window("COLORFGBG=0;15")
	if c := name(x); c.Foreground != "#5f00af" {
		t.Errorf("the name is %s where the environment says that the background is light", c.Foreground)
	}
	leave(x)
	x = window()
	x.writes(`\x1b\]11;\?`)
	x.press("\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\")
	x.writes(`38;5;183`) // the colour for dark backgrounds
	b.until(func() bool { return strings.Contains(doctor(), "answered the window that its background is dark") })
	leave(x)
	x = window()
	if c := name(x); c.Foreground != "#d7afff" {
		t.Errorf("the name is %s though the terminal has answered before", c.Foreground)
	}
	leave(x)
}
