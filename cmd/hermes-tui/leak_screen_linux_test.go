package main_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// arguments are the command lines and environments of all processes that may be
// looked at, as ps shows them.
func arguments(t *testing.T) (all []byte) {
	t.Helper()
	for _, pattern := range []string{"/proc/[0-9]*/cmdline", "/proc/[0-9]*/environ"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("no processes: %v", err)
		}
		for _, path := range paths {
			data, _ := os.ReadFile(path) // of another user, or ended
			all = append(append(all, data...), '\n')
		}
	}
	return all
}

// TestNoSecretOnTheScreenOrInPS walks through the window's pages while an
// account is signed in, refreshed, refused and imported, and searches for what went
// over the wire: in all that was drawn, and in every process's arguments.
func TestNoSecretOnTheScreenOrInPS(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	w := b.tap()
	b.signIn("--label", "work")
	b.signIn("--label", "gone")
	b.must("export", "--hermes", "--yes", "gone") // so that there is something to import
	b.must("remove", "gone", "--yes")

	x := open(t, b.command(t.Context()), 120, 40, false)
	x.match(`work +MiniMax`)
	for _, page := range [][2]string{
		{"\r", `what happened`}, {"p", `who serves next`}, {"i", `WHAT HAPPENS`}, {"?", `SECOND TERMINAL|MOVE|KEYS|ACCOUNTS`}, {":", `\d+ actions`},
	} {
		x.press(page[0])
		x.match(page[1])
		x.press("\x1b") // once: with a second one, the next key would be an alt key
		x.match(`ACCOUNT +PROVIDER +STATE`)
	}
	token := strings.TrimSpace(b.must("token", "work"))
	b.portal.RevokeAll()
	b.must("log")
	if r := b.run("refresh", "work", "--force"); r.code != 3 {
		t.Error(r)
	}
	x.match(`needs? (you to )?sign.in|sign in again`)
	search := w.needles()
	if w.count() < 4 {
		t.Fatalf("only %d secrets went over the wire, so the search proves little", w.count())
	}
	if search.in(bytes.ReplaceAll(arguments(t), []byte{0}, []byte{' '})) {
		t.Error("a secret stands in the arguments or the environment of a process")
	}
	drawn := x.written()
	if search.in([]byte(drawn)) || search.in([]byte(strings.Join(strings.Fields(x.screen.Text()), ""))) {
		t.Error("a secret was drawn")
	}
	if !search.in([]byte("x" + token)) {
		t.Error("the search finds nothing")
	}
}
