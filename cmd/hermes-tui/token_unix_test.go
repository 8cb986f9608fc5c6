//go:build unix

package main_test

import (
	"context"
	"encoding/json"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestToken_FreshAsksNobody: a token that is good is printed without network
// and without a word to the terminal.
func TestToken_FreshAsksNobody(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	b.signIn()
	want := strings.TrimSpace(b.must("token"))
	if err := b.portal.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	x := open(t, b.command(t.Context(), "token"), 80, 24, true)
	<-x.done
	if got := x.written(); got != want+"\r\n" {
		t.Errorf("in a terminal it writes %q, want the token and a newline", got)
	}
}

// TestToken_StartsNoWindow holds the terminal UI to no work before main: the
// runtime says what each package does at its start.
func TestToken_StartsNoWindow(t *testing.T) {
	b := newBench(t, sandbox.Options{})
	b.signIn()
	cmd := b.command(t.Context(), "token")
	cmd.Env = append(cmd.Env, "GODEBUG=inittrace=1")
	var errs strings.Builder
	cmd.Stderr = &errs
	if out, err := cmd.Output(); err != nil || !b.portal.IsLive(strings.TrimSpace(string(out))) {
		t.Fatal(err, errs.String())
	}
	line := regexp.MustCompile(`(?m)^init (\S+) @.* (\d+) bytes, `)
	all := line.FindAllStringSubmatch(errs.String(), -1)
	if len(all) == 0 {
		t.Fatalf("no trace: %s", errs.String())
	}
	for _, one := range all {
		screen := strings.HasPrefix(one[1], "charm.land/") || strings.Contains(one[1], "charmbracelet/") || strings.HasSuffix(one[1], "hermes-tui/tui")
		if bytes, err := strconv.Atoi(one[2]); err != nil || screen && bytes > 64<<10 {
			t.Errorf("%s allocates %s bytes before main", one[1], one[2])
		}
	}
}

// TestToken_JSONIsWhatHermesReads reads it as hermes-agent does: one JSON
// object, the token a string, the seconds a whole number, the expiry with a
// zone.
func TestToken_JSONIsWhatHermesReads(t *testing.T) {
	b := newBench(t, sandbox.Options{AccessTTL: 15 * time.Minute})
	b.signIn()
	out, err := exec.CommandContext(t.Context(), "/bin/sh", "-c", shellEnv(b)+binary+" token "+b.id+" --json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var key struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int    `json:"expires_in"`
		Expiry      string `json:"expiry"`
	}
	if err := json.Unmarshal(out, &key); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	expiry, err := time.Parse(time.RFC3339, key.Expiry)
	if err != nil || !strings.HasSuffix(key.Expiry, "Z") || strings.Contains(key.Expiry, ".") {
		t.Errorf("expiry %q: %v", key.Expiry, err) // Python before 3.11 reads neither more digits nor none
	}
	if off := time.Until(expiry) - time.Duration(key.ExpiresIn)*time.Second; off.Abs() > 5*time.Second || key.ExpiresIn > 900 || key.ExpiresIn < 800 {
		t.Errorf("expires_in %d and expiry %s", key.ExpiresIn, key.Expiry)
	}
	if !b.portal.IsLive(key.AccessToken) {
		t.Error("the token is not alive")
	}
}

// shellEnv is the bench's environment as assignments before a command.
func shellEnv(b *bench) string {
	var s strings.Builder
	s.WriteString("env -i ")
	for _, v := range b.env {
		s.WriteString("'" + v + "' ")
	}
	return s.String()
}

// TestToken_KilledGroup: a caller that loses its patience, as Codex does after
// five seconds and hermes-agent after fifteen, kills the helper with all that it
// started. The refresh goes on, and the next call has its token.
func TestToken_KilledGroup(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
	b.signInExpired(5 * time.Minute)
	letGo := b.hold()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", shellEnv(b)+binary+" token; true")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b.await(sandbox.KindRefresh, sandbox.Received)
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	letGo()
	b.oneToken(b.together(2, "token", "--timeout", "30s"))
	if s := b.portal.Stats().Refreshes; s.Total != 1 || s.Outcomes[sandbox.Rotated] != 1 {
		t.Errorf("refreshes %+v, want one", s)
	}
}

// TestToken_Signalled: who waits for a refresh is ended by a signal as any command,
// with its exit code; and the refresh goes on.
func TestToken_Signalled(t *testing.T) {
	t.Parallel()
	for s, want := range map[syscall.Signal]int{syscall.SIGTERM: 143, syscall.SIGINT: 130, syscall.SIGHUP: 129} {
		b := newBench(t, sandbox.Options{AccessTTL: 5 * time.Minute})
		b.signInExpired(5 * time.Minute)
		letGo := b.hold()
		ctx, cancel := context.WithTimeout(t.Context(), limit)
		cmd := exec.CommandContext(ctx, binary, "token")
		cmd.Env = b.env
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		b.await(sandbox.KindRefresh, sandbox.Received)
		if err := cmd.Process.Signal(s); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		cancel()
		if code := cmd.ProcessState.ExitCode(); code != want {
			t.Errorf("%v: exit code %d, want %d", s, code, want)
		}
		letGo()
		b.oneToken(b.together(1, "token", "--timeout", "30s"))
		if n := b.portal.Stats().Refreshes.Total; n != 1 {
			t.Errorf("%v: %d refreshes, want one", s, n)
		}
	}
}
