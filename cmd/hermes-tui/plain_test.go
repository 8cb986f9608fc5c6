package main_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// Without a terminal the sandbox tells the whole life of an account, one event a
// line, with nothing in it that only a screen can show.
func TestPlain_LifeOfAnAccount(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	out := b.must("--sandbox", "--plain", "--auto-approve", "1ms")
	at := 0
	for _, want := range []string{
		`The sandbox's portal: http://127\.0\.0\.1:\d+`,
		`1\. Sign in`, `  1\. Open: http://127\.0\.0\.1:\d+/oauth-authorize\?user_code=\S+`,
		`  2\. Check that it shows the code: [A-Z]{4}-\d{4}`,
		`Waiting for approval; the code expires in \d+m \d\ds\.`,
		`Signed in: minimax \(MiniMax, [0-9a-f]{10}\)`, `Its tokens are in: encrypted file`,
		`2\. A program asks for a token`, `It gets one that is good for 1m \d\ds more`,
		`3\. The token is refreshed`, `Generation 2, expires in 1m \d\ds\.`,
		`4\. The provider takes the sign-in back`, `minimax\tneeds sign-in\tMiniMax\t[0-9a-f]{10}`,
		`  it needs to sign in again: .*; run .hermes-tui login --account minimax`,
		`5\. Sign in again`, `Signed in: minimax`, `It gets one that is good for 1m \d\ds more`,
	} {
		found := regexp.MustCompile(`(?m)^` + want).FindStringIndex(out[at:])
		if found == nil {
			t.Fatalf("%s is not said, or not in its place:\n%s", want, out)
		}
		at += found[1]
	}
	if strings.ContainsAny(out, "\x1b\r\a") {
		t.Errorf("there are control characters:\n%q", out)
	}
}

// A sign-in that is denied ends with one line and one exit code, as text and as
// a stream.
func TestPlain_DeniedSignIn(t *testing.T) {
	t.Parallel()
	for _, asJSON := range []bool{false, true} {
		b := newBench(t, sandbox.Options{})
		args := []string{"login", "minimax", "--label", "work"}
		if asJSON {
			args = append(args, "--json")
		}
		p := b.start(args...)
		b.await(sandbox.KindCode, sandbox.Issued)
		for _, c := range b.portal.Codes() {
			if err := b.portal.Deny(c.UserCode); err != nil {
				t.Fatal(err)
			}
		}
		r := p.end(t)
		if r.code != 1 {
			t.Errorf("%v: %s", args, r)
		}
		if !asJSON {
			if !strings.Contains(r.err, "denied") || !strings.Contains(r.err, "; ") || strings.Count(r.err, "\n") > 2 {
				t.Errorf("it says %q", r.err)
			}
			continue
		}
		lines := strings.Split(strings.TrimSpace(r.out), "\n")
		var last map[string]any
		b.decode(lines[len(lines)-1], &last)
		if last["event"] != "failed" || last["code"] != "authorization_denied" || last["message"] == "" || last["relogin_required"] != false {
			t.Errorf("the stream ends with %v", last)
		}
		if r.err != "" {
			t.Errorf("it is said a second time: %q", r.err)
		}
	}
}
