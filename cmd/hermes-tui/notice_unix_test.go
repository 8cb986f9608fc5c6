//go:build unix

package main_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// notices are what the command of notices was told.
func (b *bench) notices() (all []map[string]any) {
	b.t.Helper()
	text, err := os.ReadFile(filepath.Join(b.home, "told"))
	if err != nil && !os.IsNotExist(err) {
		b.t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var one map[string]any
		if !strings.HasSuffix(line, "\n") { // being written
			break
		}
		if err := json.Unmarshal([]byte(line), &one); err != nil {
			b.t.Fatalf("%q: %v", line, err)
		}
		all = append(all, one)
	}
	return all
}

// notify has notices written into a file.
func (b *bench) notify(more string) {
	b.t.Helper()
	b.configure("[notify]\ncommand = [\"/bin/sh\", \"-c\", \"cat >> " + filepath.Join(b.home, "told") + "\"]\n" + more)
}

// TestNotice_SignInFromTheTelephone: nobody is at the machine. The grant dies at
// the provider; the command is told link and code; once that is approved, the next
// request succeeds.
func TestNotice_SignInFromTheTelephone(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	b.notify("sign_in = true\n")
	s, second := b.serve(), b.serve() // of two, one tells
	if got := b.asked(s); got.status != http.StatusOK {
		t.Fatalf("%d %s", got.status, got.body)
	}
	b.portal.RevokeAll()
	if got := b.asked(s); got.status == http.StatusOK {
		t.Fatal("a revoked grant serves")
	}
	b.until(func() bool { return len(b.notices()) > 0 })
	n := b.notices()[0]
	code, _ := n["user_code"].(string)
	link, _ := n["verification_uri"].(string)
	if n["event"] != "sign_in" || n["account"] != "work" || n["id"] != b.id || n["state"] != "needs_sign_in" || code == "" || !strings.Contains(link, code) || n["expires_at"] == nil || n["hint"] == "" {
		t.Fatalf("told: %v", n)
	}
	if err := b.portal.Approve(code); err != nil {
		t.Fatal(err)
	}
	approved := time.Now()
	b.until(func() bool { return b.asked(s).status == http.StatusOK })
	t.Logf("served again %v after the approval", time.Since(approved))
	if got := b.asked(second); got.status != http.StatusOK {
		t.Errorf("the second proxy: %d %s", got.status, got.body)
	}
	b.until(func() bool { return len(b.notices()) > 1 })
	if n := b.notices(); len(n) != 2 || n[1]["event"] != "signed_in" || n[1]["state"] != "ok" || n[1]["user_code"] != nil {
		t.Errorf("told: %v", n)
	}
	for _, n := range b.notices() {
		for _, value := range n {
			if text, ok := value.(string); ok && b.portal.IsLive(text) {
				t.Error("a notice has a token")
			}
		}
	}
}

// TestNotice_WithoutASignIn: the person is told once, and what to do; who signs in
// at the machine needs no further word.
func TestNotice_WithoutASignIn(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	b.notify("")
	s := b.serve()
	b.portal.RevokeAll()
	for range 3 {
		if got := b.asked(s); got.status == http.StatusOK {
			t.Fatal("a revoked grant serves")
		}
	}
	b.until(func() bool { return len(b.notices()) > 0 })
	n := b.notices()[0]
	hint, _ := n["hint"].(string)
	if n["event"] != "needs_sign_in" || n["account"] != "work" || n["user_code"] != nil || !strings.Contains(hint, "login --account") {
		t.Errorf("told: %v", n)
	}
	p := b.start("login", "--account", "work")
	b.approve()
	if r := p.end(t); r.code != 0 {
		t.Fatalf("login: %s", r)
	}
	b.until(func() bool { return b.asked(s).status == http.StatusOK })
	if all := b.notices(); len(all) != 1 {
		t.Errorf("told %d times: %v", len(all), all)
	}
	if code := s.end(); code != 143 { // as the signal has it
		t.Errorf("serve ended with %d: %s", code, s.said.String())
	}
}

// TestNotice_AnAccountThatIsRemoved needs no sign-in any more, and nobody is told of
// it again.
func TestNotice_AnAccountThatIsRemoved(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	b.notify("sign_in = true\n")
	s := b.serve()
	b.portal.RevokeAll()
	b.asked(s)
	b.until(func() bool { return len(b.notices()) > 0 })
	b.must("remove", "work", "--yes")
	b.until(func() bool { return strings.Contains(s.said.String(), "not needed any more") })
	if all := b.notices(); len(all) != 1 || all[0]["event"] != "sign_in" {
		t.Errorf("told: %v", all)
	}
}

// TestNotice_ACommandThatFails is logged, and holds nobody up.
func TestNotice_ACommandThatFails(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	b.configure("[notify]\ncommand = [\"/nonexistent/ntfy\"]\n")
	s := b.serve()
	b.portal.RevokeAll()
	b.asked(s)
	b.until(func() bool { return strings.Contains(s.said.String(), "the command of notices failed") })
	if code := s.end(); code != 143 { // as the signal has it
		t.Errorf("serve ended with %d", code)
	}
}
