package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestNoCoreDumps: no core file can be made of a program that holds tokens,
// neither by its own limit nor after raising it.
func TestNoCoreDumps(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: 1})
	b.must("login", "minimax", "--no-browser")
	s := b.serve()
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", s.cmd.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`(?m)^Max core file size +0 +0 `).Match(limits) {
		t.Errorf("%s", limits)
	}
}

// TestNoTraceOfTheScreen: the variables that make the window's library write what
// is typed and shown into a file do nothing here.
func TestNoTraceOfTheScreen(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: 1})
	b.must("login", "minimax", "--no-browser")
	for _, name := range []string{"TEA_TRACE", "TEA_DEBUG"} {
		dir := b.mkdir(strings.ToLower(name))
		x := b.session(100, 30, false, "cd "+dir+" && "+name+"="+filepath.Join(dir, "trace")+` hermes-tui; echo "ended with $?"`)
		x.match(`● ok`)
		x.press("q")
		x.match(`ended with 0`)
		left, err := os.ReadDir(dir)
		if err != nil || len(left) != 0 {
			t.Errorf("%s: %v, %v", name, left, err)
		}
	}
}
