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
