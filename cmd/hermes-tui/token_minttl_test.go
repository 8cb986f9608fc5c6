package main_test

import (
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestToken_ShorterThanMinTTL: a token that lives shorter than was asked for is
// printed, and said to.
func TestToken_ShorterThanMinTTL(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AutoApprove: time.Nanosecond})
	if r := b.run("login"); r.code != 0 {
		t.Fatal(r)
	}
	long := b.run("token", "--min-ttl", "2h")
	if long.code != 0 || !b.portal.IsLive(strings.TrimSpace(long.out)) || !strings.Contains(long.err, "shorter than --min-ttl 2h0m0s") || strings.Count(long.err, "\n") != 1 {
		t.Errorf("%s", long)
	}
	if short := b.run("token", "--min-ttl", "1m"); short.code != 0 || short.err != "" {
		t.Errorf("%s", short)
	}
}

// TestToken_EndedWithinAMinuteOfItsRefresh: a token that has ended, and is too
// young to be refreshed again, is printed with a sentence beside it; a person's
// force refreshes it.
func TestToken_EndedWithinAMinuteOfItsRefresh(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: time.Second})
	b.signInExpired(time.Second)
	first := b.must("token") // refreshes: a sign-in is no refresh
	var r result
	b.until(func() bool { r = b.run("token"); return r.err != "" })
	if r.code != 0 || r.out != first || !strings.Contains(r.err, "this token ended ") || !strings.Contains(r.err, "refresh minimax --force") || strings.Count(r.err, "\n") != 1 {
		t.Errorf("%s", r)
	}
	if r := b.run("token", "--min-ttl", "5s"); !strings.Contains(r.err, "this token ended ") || strings.Contains(r.err, "--min-ttl") {
		t.Errorf("with --min-ttl: %s", r)
	}
	if r := b.run("refresh", b.id); r.code != 0 || !strings.Contains(r.out, "nothing done: refreshed") {
		t.Errorf("%s", r)
	}
	if r := b.run("refresh", b.id, "--force"); r.code != 0 || !strings.Contains(r.out, ": refreshed, expires") {
		t.Errorf("%s", r)
	}
	if again := b.run("token"); again.code != 0 || again.out == first {
		t.Errorf("after a forced refresh: %s", again)
	}
}
