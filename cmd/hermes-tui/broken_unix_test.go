//go:build unix

package main_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestResizeStorm: hundreds of sizes come faster than frames, sizes in which
// nothing can be shown among them.
func TestResizeStorm(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	x := b.session(100, 30, false, `hermes-tui; echo "ended with $?"; stty -a`)
	x.match(`● ok`)
	random := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		columns, rows := 1+random.IntN(200), 1+random.IntN(60)
		if random.IntN(10) == 0 {
			columns, rows = 1, 1
		}
		x.resize(columns, rows)
	}
	x.resize(80, 24)
	x.match(`(?m)^  hermes-tui   1 account .*\n─+\n  ACCOUNT .*\n▌ minimax .*● ok`)
	x.match(`(?m)^  enter details .*\? help`)
	for i, line := range x.screen.Lines() {
		if found := regexp.MustCompile(`hermes-tui|ACCOUNT|minimax`).FindString(line); found != "" && i > 5 {
			t.Errorf("row %d is left from another size: %q", i, line)
		}
	}
	x.press("q")
	x.match(`ended with 0`)
	x.restored()
}

// TestSmallestWindows: a window of no size at all works and can be left.
func TestSmallestWindows(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {0, 0}, {2, 60}, {200, 1}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{})
			b.signIn()
			x := b.session(size[0], size[1], false, `hermes-tui; echo "ended with $?" > ended; echo over`)
			x.writes(`\x1b\[\?1049h`)
			x.resize(60, 16)
			x.match(`● ok`)
			x.resize(max(size[0], 1), max(size[1], 1))
			x.press("\x03") // q would be a letter in a window that is too small
			x.writes(`over\r\n`)
			x.restored()
			if text, err := os.ReadFile(filepath.Join(b.home, "ended")); err != nil || string(text) != "ended with 0\n" {
				t.Errorf("%q, %v", text, err)
			}
		})
	}
}

// TestDumbTerminal: what cannot draw gets plain lines.
func TestDumbTerminal(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	x := b.session(100, 30, true, `TERM=dumb hermes-tui; echo "ended with $?"`)
	x.match(`minimax +.*ok`)
	x.match(`ended with 0`)
	x.restored()
	if found := regexp.MustCompile(`[\x1b\x05]`).FindString(x.written()); found != "" {
		t.Errorf("an escape code is written: %q", x.written())
	}
}

// TestNobodyReads: the output goes to a program that has ended, or nowhere,
// while the input is a terminal.
func TestNobodyReads(t *testing.T) {
	for name, tc := range map[string]struct{ script, want string }{
		"window, pipe":   {`hermes-tui | :; echo "ended with ${PIPESTATUS[0]}"`, `ended with (0|1|141)`},
		"window, closed": {`hermes-tui >&-; echo "ended with $?"`, `ended with 0`},
		"list, pipe":     {`hermes-tui list | :; echo "ended with ${PIPESTATUS[0]}"`, `ended with (0|1|141)`},
		"list, closed":   {`hermes-tui list >&-; echo "ended with $?"`, `ended with 0`},
		"input, closed":  {`hermes-tui <&-; echo "ended with $?"`, `ended with 0`},
		"input, nothing": {`hermes-tui </dev/null; echo "ended with $?"`, `ended with 0`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{})
			b.signIn()
			x := b.session(100, 30, false, tc.script)
			x.match(tc.want)
			x.restored()
			if strings.Contains(x.written(), "\x1b[?1049h") {
				t.Error("the window was opened")
			}
		})
	}
}
