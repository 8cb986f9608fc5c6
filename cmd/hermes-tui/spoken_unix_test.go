//go:build unix

package main_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// steady puts a word in the place of what is another one at each run. Blanks in a row
// are two: columns are not heard.
var steady = []struct {
	what *regexp.Regexp
	word string
}{
	{regexp.MustCompile(`\r\n`), "\n"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`\b[A-Z]{4}-\d{4}\b`), "CODE"},
	{regexp.MustCompile(`\b\d{4}-\d\d-\d\d \d\d:\d\d(:\d\d)?\b`), "TIME"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d\b`), "TIME"},
	{regexp.MustCompile(`\b(\d+[dhms] ?)+\b`), "SPAN"},
	{regexp.MustCompile(`\b(just now|never|SPAN ago)`), "lately"}, // counts are written a little later
	{regexp.MustCompile(`\b(no|\d+) requests? in the last minute`), "N requests in the last minute"},
	{regexp.MustCompile(`(last 24 hours:) .*\n(  .*\n)*`), "$1 …\n"},
	{regexp.MustCompile(`\b[0-9a-f]{10}\b`), "ID"},
	{regexp.MustCompile(` {3,}`), "  "},
	{regexp.MustCompile(`(?m)[ \t]+$`), ""},
}

// TestPlain_Spoken is what a screen reader hears of a life: everything that --plain
// writes to a terminal, in the order in which it comes.
func TestPlain_Spoken(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: time.Hour, RetryAfter: time.Hour})
	var heard strings.Builder
	// says runs a command in a terminal; meanwhile is what a person does before it ends.
	says := func(what, command string, meanwhile func(x *terminal)) {
		t.Helper()
		x := b.session(80, 24, false, `hermes-tui --plain `+command+`; echo "(it ended with $?)"`)
		if meanwhile != nil {
			meanwhile(x)
		}
		x.writes(`\(it ended with \d+\)`)
		text := x.written()
		if strings.ContainsAny(text, "\x1b\a") || strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\r") {
			t.Errorf("%s: control characters are heard: %q", what, text)
		}
		for _, s := range steady {
			text = s.what.ReplaceAllString(text, s.word)
		}
		heard.WriteString("-- " + what + "\n" + strings.TrimSpace("$ hermes-tui --plain "+command) + "\n" + text + "\n")
	}
	approve := func(x *terminal) {
		if err := b.portal.Approve(x.writes(`[A-Z]{4}-\d{4}`)[0]); err != nil {
			t.Error(err)
		}
	}
	says("nobody is signed in", "", nil)
	says("a sign-in is asked for, the code is told, and it is approved", "login minimax --label work", approve)
	says("a second one", "login minimax --label spare", approve)
	s := b.serve("minimax")
	ask := func(status int) {
		t.Helper()
		if got := b.asked(s); got.status != status {
			t.Fatalf("%+v", got)
		}
	}
	ask(http.StatusOK)
	says("a program is served", "", nil)
	b.portal.SetFaults(sandbox.Fault{Name: "429", On: "model", Count: 1})
	ask(http.StatusOK)
	says("the first has to wait, and the other serves", "", nil)
	says("what is known of the first", "status work", nil)
	b.portal.SetFaults(sandbox.Fault{Name: "402", On: "model", Count: 1})
	ask(http.StatusPaymentRequired)
	says("the other is used up", "status --check", nil)
	b.portal.RevokeAll()
	says("the provider takes the sign-in back", "refresh work --force", nil)
	says("it needs a sign-in", "status work", nil)
	s.end()
	says("signed in again", "login --account work", approve)
	golden.RequireEqual(t, []byte(heard.String()))
}
