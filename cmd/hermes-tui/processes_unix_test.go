//go:build unix

package main_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// head reads the account's head, the file that says what is about to happen.
func (b *bench) head() (head struct {
	Gen    uint64
	Intent *struct {
		PID  int
		Blob struct{ Name string }
	}
}) {
	b.t.Helper()
	found, err := filepath.Glob(filepath.Join(b.state(), "acct", b.id+"*.head"))
	if err != nil || len(found) != 1 {
		b.t.Fatalf("heads %v, %v", found, err)
	}
	data, err := os.ReadFile(found[0])
	if err != nil {
		b.t.Fatal(err)
	}
	b.decode(string(data), &head)
	return head
}

// rotations is how often the portal issued new tokens for a refresh token.
func (b *bench) rotations() int { return b.portal.Stats().Refreshes.Outcomes[sandbox.Rotated] }

// TestKilledHolder: the process that holds the lock dies while the portal has
// its request. Whether the refresh token was spent is not known then; the
// portal had not looked at it yet, so the others refresh.
func TestKilledHolder(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
	b.signInExpired(5 * time.Minute)
	b.portal.SetFaults(sandbox.Fault{Name: "hang", On: "refresh", Count: 1})
	first := b.start("token", "--timeout", "30s")
	b.await(sandbox.KindRefresh, sandbox.Received)
	intent := b.head().Intent
	if intent == nil || intent.PID <= 1 || intent.PID == first.Process.Pid {
		t.Fatalf("intent %+v while the refresh of %d is in flight, want one of a child", intent, first.Process.Pid)
	}
	var others []*process
	for range 10 {
		others = append(others, b.start("token", "--timeout", "30s"))
	}
	if err := syscall.Kill(intent.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	var results []result
	for _, p := range others {
		results = append(results, p.end(t))
	}
	b.oneToken(results)
	if r := first.end(t); r.code != 0 && r.code != 5 {
		t.Errorf("the command whose refresh was killed: %s", r)
	}
	if got := b.rotations(); got != 1 {
		t.Errorf("%d rotations, want 1", got)
	}
	if b.account()["state"] != "ok" {
		t.Errorf("account %v", b.account())
	}
}

// TestKilledCaller: whoever asked is killed, and has ended, before the portal
// answers.
func TestKilledCaller(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{"SIGKILL": syscall.SIGKILL, "SIGHUP": syscall.SIGHUP, "SIGTERM": syscall.SIGTERM, "SIGINT": syscall.SIGINT} {
		for _, command := range []string{"token", "refresh"} {
			t.Run(command+" "+name, func(t *testing.T) {
				t.Parallel()
				b := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
				b.signInExpired(5 * time.Minute)
				letGo := b.hold()
				caller := b.start(command)
				b.await(sandbox.KindRefresh, sandbox.Received)
				if err := caller.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				want := map[syscall.Signal]int{syscall.SIGKILL: -1, syscall.SIGHUP: 129, syscall.SIGTERM: 143, syscall.SIGINT: 130}[signal]
				if r := caller.end(t); r.code != want || r.out != "" {
					t.Errorf("want exit code %d and no output: %s", want, r)
				}
				letGo()
				b.rotatedOnce()
			})
		}
	}
}

// TestEndedLogin: a sign-in that is ended by a signal leaves no account.
func TestEndedLogin(t *testing.T) {
	for signal, want := range map[syscall.Signal]int{syscall.SIGHUP: 129, syscall.SIGTERM: 143, syscall.SIGINT: 130} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{})
			login := b.start("login")
			b.await(sandbox.KindPoll, sandbox.Pending)
			if err := login.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if r := login.end(t); r.code != want {
				t.Errorf("want exit code %d: %s", want, r)
			}
			if out := b.must("list", "--json"); strings.TrimSpace(out) != "[]" {
				t.Errorf("list: %s", out)
			}
			b.signIn()
			b.oneToken(b.together(1, "token"))
		})
	}
}

// patience is how long a program that asks for a token waits at most, whatever
// the provider does: the default of --timeout, and as much again for a loaded machine,
// on which a hundred of them begin at once.
const patience = 30 * time.Second

// requestsWithin is how often a broken portal may be asked: twice, and twice more
// each time that a slow machine outlasts the pause after a failure, which begins
// with two seconds and doubles.
func requestsWithin(d time.Duration) int {
	allowed := 2
	for pause := 2 * time.Second; d > pause; pause *= 2 {
		d -= pause
		allowed += 2
	}
	return allowed
}

// TestStormAtABrokenPortal: many programs ask while the portal is down or does
// not answer. They share the failure instead of repeating the request.
func TestStormAtABrokenPortal(t *testing.T) {
	const programs = 100
	for _, fault := range []string{"503", "hang"} {
		t.Run(fault, func(t *testing.T) {
			b := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
			b.signInExpired(5 * time.Minute)
			b.portal.SetFaults(sandbox.Fault{Name: fault, On: "refresh"})
			var longest time.Duration
			began := time.Now()
			all := b.together(programs, "token", "--json")
			allowed := requestsWithin(time.Since(began))
			for _, r := range all {
				var object struct {
					Error struct{ Code, Message string }
				}
				if err := json.Unmarshal([]byte(r.err), &object); err != nil || r.code != 5 || r.out != "" || object.Error.Message == "" {
					t.Fatalf("want exit code 5 and an error as JSON: %s", r)
				}
				longest = max(longest, r.took)
			}
			if longest > patience {
				t.Errorf("one of them waited %v", longest)
			}
			if got := b.portal.Stats().Refreshes.Total; got == 0 || got > allowed {
				t.Errorf("%d requests for %d processes, want 1 to %d", got, programs, allowed)
			}
			account := b.account()
			if account["state"] != "expired" || account["needs_sign_in"] != false {
				t.Errorf("account %v", account)
			}
		})
	}
}
