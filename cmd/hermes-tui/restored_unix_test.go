//go:build unix

package main_test

import (
	"reflect"
	"regexp"
	"strings"

	"golang.org/x/term"
)

// modes are what a program may have asked the terminal for, and has to take
// back: mouse, focus, alternate screen, bracketed paste, synchronized output,
// characters as clusters.
var modes = []string{"1000", "1002", "1003", "1006", "1004", "1049", "2004", "2026", "2027"}

// state is how the driver of the terminal is set: echo, signals, lines.
func (x *terminal) state() *term.State {
	x.t.Helper()
	raw, err := x.pty.SyscallConn()
	if err != nil {
		x.t.Fatal(err)
	}
	var state *term.State
	if err := raw.Control(func(fd uintptr) { state, err = term.GetState(int(fd)) }); err != nil {
		x.t.Fatal(err)
	}
	if err != nil {
		x.t.Fatal(err)
	}
	return state
}

// restored holds that the program left the terminal as it found it. It has to be
// called when the shell is back.
func (x *terminal) restored() {
	x.t.Helper()
	if now := x.state(); !reflect.DeepEqual(now, x.before) {
		x.t.Errorf("the terminal's driver is set to %v, and was to %v", now, x.before)
	}
	raw := x.written()
	last := map[string]string{"25": "h"}
	for _, found := range regexp.MustCompile(`\x1b\[\?([\d;]+)([hl])`).FindAllStringSubmatch(raw, -1) {
		for _, mode := range strings.Split(found[1], ";") {
			last[mode] = found[2]
		}
	}
	if last["25"] != "h" {
		x.t.Error("the cursor stays hidden")
	}
	for _, mode := range modes {
		if last[mode] == "h" {
			x.t.Errorf("mode %s stays on", mode)
		}
	}
	pushed := len(regexp.MustCompile(`\x1b\[>\d+u`).FindAllString(raw, -1))
	popped := len(regexp.MustCompile(`\x1b\[<\d*u`).FindAllString(raw, -1))
	if pushed != popped {
		x.t.Errorf("the keyboard was taken %d times and given back %d times", pushed, popped)
	}
	for name, sequence := range map[string]struct{ any, rest string }{
		"the keys of xterm": {`\x1b\[>4(;\d+)?m`, "\x1b[>4m"},
		"the cursor's form": {`\x1b\[\d* q`, "\x1b[0 q"},
		"the title":         {`\x1b\]2;[^\a]*\a`, "\x1b]2;\a"},
	} {
		all := regexp.MustCompile(sequence.any).FindAllString(raw, -1)
		if len(all) > 0 && all[len(all)-1] != sequence.rest {
			x.t.Errorf("%s stays %q", name, all[len(all)-1])
		}
	}
}
