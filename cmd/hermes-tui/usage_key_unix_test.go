//go:build unix

package main_test

import (
	"regexp"
	"testing"

	inside "github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/sandbox"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestUsage_ABalance: of a key of MiniMax that pays for each request the balance is asked,
// in one request, and none of a plan.
func TestUsage_ABalance(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.configure(inside.Endpoints(b.portal.URL()))
	if r := b.runWith("sk-api-sandbox-0001\n", "login", "minimax", "--api-key", "--label", "paid"); r.code != 0 {
		t.Fatal(r)
	}
	if out := b.must("usage"); !regexp.MustCompile(`paid\s+MiniMax\s+balance\s+12\.50 left`).MatchString(out) {
		t.Errorf("usage: %s", out)
	}
	if n := b.asksForPlans(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}
