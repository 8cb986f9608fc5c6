//go:build unix

package main_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestServe_FailsOverInTheWindow: account 1 is told to wait and account 2
// answers the same request. The window shows both, and how much each was used;
// when the time is over, account 1 serves again.
func TestServe_FailsOverInTheWindow(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: time.Hour, RetryAfter: 20 * time.Second})
	b.signIn("--label", "first")
	b.signIn("--label", "second")
	x := b.session(110, 30, false, `exec hermes-tui`)
	x.match(`first .*● ok .*never +next`)
	s := b.serve()
	ask := func(first, second int) {
		t.Helper()
		if got := b.asked(s); got.status != http.StatusOK {
			t.Fatalf("%+v", got)
		}
		grants := b.portal.Grants() // the newest first
		if grants[1].Requests != first || grants[0].Requests != second {
			t.Errorf("the accounts had %d and %d requests, want %d and %d", grants[1].Requests, grants[0].Requests, first, second)
		}
	}
	ask(1, 0)
	x.match(`first .*● ok .*just now +next`)

	b.portal.SetFaults(sandbox.Fault{Name: "429", On: "model", Count: 1})
	ask(2, 1)
	answered := time.Now()
	x.match(`first .*cooling down`)
	x.match(`second .*● ok .* next`)
	t.Logf("the window shows it %s after the answer", time.Since(answered).Round(time.Millisecond))
	x.match(`second .*just now +next`)
	x.press("\x1b[B\r") // the details of the second
	x.match(`requests +1\b`)
	x.match(`last used +just now`)
	x.press("q")

	x.match(`first .*● ok .* next`)
	ask(3, 1)
	x.press("q")
}

// TestServe_SignedInAgainInTheWindow: a dead account that is repaired in the
// window serves the next request of a proxy that runs on.
func TestServe_SignedInAgainInTheWindow(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	s := b.serve()
	if got := b.asked(s); got.status != http.StatusOK {
		t.Fatalf("%+v", got)
	}
	x := b.session(100, 30, false, `exec hermes-tui`)
	x.match(`● ok`)
	b.portal.RevokeAll()
	if got := b.asked(s); got.status != http.StatusForbidden || !strings.Contains(got.body, "login --account "+b.id) {
		t.Errorf("%+v", got)
	}
	x.match(`sign in now`)
	x.pressUntil("\r", codeOnScreen)
	if err := b.portal.Approve(x.match(codeOnScreen)[1]); err != nil {
		t.Fatal(err)
	}
	x.match(`● ok`)
	if got := b.asked(s); got.status != http.StatusOK {
		t.Errorf("after the sign-in: %+v", got)
	}
	if s.cmd.ProcessState != nil {
		t.Error("the proxy has ended meanwhile")
	}
	x.press("q")
}
