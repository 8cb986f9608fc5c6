package main_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// removed runs `remove` on the only account and returns what its JSON says.
func (b *bench) removed(args ...string) (revocation, reason string) {
	b.t.Helper()
	var got struct{ Removed, Revocation, Reason string }
	b.decode(b.must(append([]string{"remove", b.id, "--yes", "--json"}, args...)...), &got)
	if got.Removed != b.id || strings.TrimSpace(b.must("list", "--json")) != "[]" {
		b.t.Errorf("removed %+v", got)
	}
	return got.Revocation, got.Reason
}

// ended reports whether the newest sign-in has ended at the portal.
func (b *bench) endedThere() bool { return b.portal.Grants()[0].Revoked != "" }

func TestRemove_RevokesTheSignIn(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn()
	b.must("refresh", "--force")
	if out := b.must("remove", b.id, "--yes"); !strings.Contains(out, "Its sign-in was revoked at MiniMax.") || !b.endedThere() {
		t.Errorf("revoked at the portal: %v; said %s", b.endedThere(), out)
	}
	b.signIn()
	if got, why := b.removed(); got != "revoked" || why != "" || !b.endedThere() {
		t.Errorf("revocation %s (%s)", got, why)
	}
	b.signIn()
	if got, _ := b.removed("--no-revoke"); got != "skipped" || b.endedThere() {
		t.Errorf("--no-revoke: %s, ended: %v", got, b.endedThere())
	}
	if got := b.portal.Stats().Revokes; got.Total != 2 || got.Outcomes[sandbox.Revoked] != 2 {
		t.Errorf("the portal counted %+v", got)
	}
}

// A provider that refuses, is down or hangs keeps no account, and holds nobody
// up.
func TestRemove_WhateverTheProviderDoes(t *testing.T) {
	t.Parallel()
	for _, fault := range []string{"hang@revoke", "503@revoke", "reset@revoke"} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			f, err := sandbox.ParseFault(fault)
			if err != nil {
				t.Fatal(err)
			}
			b := newBench(t, sandbox.Options{Faults: []sandbox.Fault{f}})
			b.signIn()
			began := time.Now()
			if got, why := b.removed(); got != "failed" || why == "" || b.endedThere() {
				t.Errorf("revocation %s (%s)", got, why)
			}
			if took := time.Since(began); took > 25*time.Second { // 5 s, and two commands on a busy machine
				t.Errorf("it took %v", took)
			}
		})
	}
}

// TestCuresNameLabels: what a person is told to do names an account as they do, quoted
// for their shell, and a program is told its id.
func TestCuresNameLabels(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "my work")
	b.portal.RevokeAll()
	if r := b.run("refresh", "--force"); r.code != 3 || !strings.Contains(r.err, "login --account 'my work'`") || strings.Contains(r.err, b.id) {
		t.Errorf("refresh: %s", r)
	}
	for _, command := range []string{"list", "status"} {
		if r := b.run(command); !strings.Contains(r.out+r.err, "login --account 'my work'`") {
			t.Errorf("%s: %s", command, r)
		}
	}
	if r := b.run("refresh", "--json"); !strings.Contains(r.err, "login --account "+b.id) {
		t.Errorf("refresh --json: %s", r)
	}
}
