//go:build unix

package main_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// marked is a machine with an account that each program has to be confirmed for.
func marked(t *testing.T) *bench {
	t.Helper()
	b := newBench(t, sandbox.Options{})
	b.configure("browser = false\n")
	b.signIn("--label", "work")
	if out := b.must("confirm", "work"); !strings.Contains(out, "has to be confirmed") {
		t.Fatal(out)
	}
	return b
}

// questions are the files of those that wait.
func (b *bench) questions() []string {
	found, err := filepath.Glob(filepath.Join(b.state(), "consent", "ask-*"))
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// Where nobody can be asked, no program gets a token, over no way; the person who
// looks, and what needs no token, is not in the way.
func TestConfirm_NobodyIsThere(t *testing.T) {
	t.Parallel()
	b := marked(t)
	if got := b.run("token"); got.code != 1 || got.out != "" || !strings.Contains(got.err, "has to be confirmed by a person") {
		t.Errorf("token: %s", got)
	}
	if got := b.run("token", "--json"); got.code != 1 || !strings.Contains(got.err, `"code":"not_confirmed"`) {
		t.Errorf("token --json: %s", got)
	}
	if got := b.run("exec", "--", "touch", "ran"); got.code != 1 || !strings.Contains(got.err, "touch has to be confirmed") {
		t.Errorf("exec: %s", got)
	}
	if _, err := os.Stat(filepath.Join(b.home, "ran")); err == nil {
		t.Error("exec has run its command")
	}
	s := b.serve()
	for _, path := range []string{"/anthropic", "/account/" + b.id + "/anthropic"} {
		if got := b.do(b.message(s.url, s.key, path)); got.status != 403 || !strings.Contains(got.body, "has to be confirmed by a person") {
			t.Errorf("serve %s: %+v", path, got)
		}
	}
	if got := b.account()["confirm"]; got != true {
		t.Errorf("status says %v", got)
	}
	if got := b.must("log", "work"); !strings.Contains(got, "program refused") || !strings.Contains(got, "confirmation") {
		t.Error(got)
	}
	b.must("refresh", "--force")
	if got := b.run("export", "--hermes", "--yes"); !strings.Contains(got.String(), "confirm "+b.id+" --off") {
		t.Errorf("export: %s", got)
	}
	if got := b.run("confirm", "work", "--off"); got.code != 2 || !strings.Contains(got.err, "on a terminal only") {
		t.Errorf("off: %s", got)
	}
	if got := b.run("token"); got.code != 1 || len(b.questions()) != 0 {
		t.Errorf("after all that: %s, %v", got, b.questions())
	}
}

// At a terminal the command asks there, and its word is remembered as long as was
// said.
func TestConfirm_AtTheTerminal(t *testing.T) {
	t.Parallel()
	b := marked(t)
	for _, tc := range []struct {
		typed, then, exit string
		forget            bool
	}{
		{"\r", "was refused a token", "1", false},
		{"", "was refused a token of this account at", "1", false}, // not asked again
		{"n\r", "was refused a token", "1", true},
		{"y\r", "sandbox-at-", "0", true},
		{"y\r", "sandbox-at-", "0", false}, // once is this run
		{"a\r", "sandbox-at-", "0", false},
		{"", "sandbox-at-", "0", false},
	} {
		if tc.forget {
			b.must("confirm", "work", "--forget", "all")
		}
		x := b.session(200, 30, false, `hermes-tui token; echo "ended with $?"`)
		if tc.typed != "" {
			x.match(`wants a token of work\.[^$]*Allow it\? \[y once, d for a day, a always, N no\]`)
			x.press(tc.typed)
		}
		got := x.match(`(?s)(.*)ended with (\d)`)
		if !strings.Contains(got[1], tc.then) || got[2] != tc.exit || tc.typed == "" && strings.Contains(got[1], "Allow it") {
			t.Errorf("%q: %s", tc.typed, got[0])
		}
	}
	x := b.session(200, 30, false, `hermes-tui exec -- sh -c 'echo it ran'; echo "ended with $?"`)
	x.match(`sh .*wants a token of work|sh wants a token of work`)
	x.press("y\r")
	x.match(`it ran\s+ended with 0`)
	x = b.session(200, 30, false, `hermes-tui confirm work --off; echo "ended with $?"`)
	x.match(`without asking\? \[y/N\]`)
	x.press("y\r")
	x.match(`need no confirmation any more(?s:.*)ended with 0`)
	b.must("confirm", "work", "--forget", "all")
	b.must("token")
}

// An open window asks, whoever wants the token and over which way.
func TestConfirm_InTheWindow(t *testing.T) {
	t.Parallel()
	b := marked(t)
	x := b.window(110, 30)
	x.match(`● ok`)
	lock := filepath.Join(b.state(), "consent", "window.lock")
	b.until(func() bool { _, err := os.Stat(lock); return err == nil })

	p := b.start("token")
	x.match(`wants to use work`)
	x.match(`by\s+hermes-tui\s+token`)
	x.pressUntil("y", `may use work: once`)
	if got := p.end(t); got.code != 0 || !strings.HasPrefix(got.out, "sandbox-at-") {
		t.Errorf("allowed once: %s", got)
	}

	s := b.serve()
	for range 2 { // once is one request
		answer := make(chan said, 1)
		go func() { answer <- b.ask(s.url, s.key) }()
		x.match(`wants to use work`)
		x.match(`by\s+hermes-tui\s+serve`)
		x.pressUntil("y", `may use work: once`)
		if got := <-answer; got.status != 200 {
			t.Errorf("the proxy: %+v", got)
		}
	}

	p = b.start("token")
	x.match(`wants to use work`)
	x.pressUntil("a", `may use work: always`)
	if got := p.end(t); got.code != 0 {
		t.Errorf("allowed: %s", got)
	}
	if got := b.ask(s.url, s.key); got.status != 200 {
		t.Errorf("the same program at the proxy: %+v", got)
	}
	var known []struct {
		Programs []struct {
			Name    string `json:"name"`
			Allowed bool   `json:"allowed"`
		} `json:"programs"`
	}
	b.decode(b.must("confirm", "--json"), &known)
	if len(known) != 1 || len(known[0].Programs) != 1 || !known[0].Programs[0].Allowed {
		t.Fatalf("known: %+v", known)
	}
	x.press("q")
	<-x.done
	b.must("token") // without a window
	b.must("confirm", "work", "--forget", known[0].Programs[0].Name)
	if got := b.run("token"); got.code != 1 {
		t.Errorf("forgotten: %s", got)
	}
	if left := b.questions(); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// What asks and is killed is forgotten by the window, and leaves no file.
func TestConfirm_KilledWhileItAsks(t *testing.T) {
	t.Parallel()
	b := marked(t)
	x := b.window(110, 30)
	x.match(`● ok`)
	lock := filepath.Join(b.state(), "consent", "window.lock")
	b.until(func() bool { _, err := os.Stat(lock); return err == nil })
	p := b.start("token")
	x.match(`wants to use work`)
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.end(t)
	b.until(func() bool { return len(b.questions()) == 0 })
	x.match(`enter details`)

	p = b.start("token")
	x.match(`wants to use work`)
	x.press("\x03") // nobody is there any more
	<-x.done
	if err := p.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	p.end(t)
	if len(b.questions()) == 0 {
		return // it was refused before it was killed
	}
	if got := b.run("doctor"); !strings.Contains(got.out, "question of a program was left behind") {
		t.Errorf("doctor: %s", got)
	}
	b.run("token") // the next one clears up
	if left := b.questions(); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}
