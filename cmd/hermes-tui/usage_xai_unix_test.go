//go:build unix

package main_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	inside "github.com/hermes-tui/hermes-tui/cmd/hermes-tui/internal/sandbox"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestUsage_XAI: the billing page of xAI is asked with the token of a sign-in that was
// sealed with it, never with an API key; where it takes the token of no such client,
// nothing is told, and the account is as it was.
func TestUsage_XAI(t *testing.T) {
	t.Parallel()
	for shape, want := range map[sandbox.PlanShape]string{sandbox.PlanPercent: `work\s+xAI\s+week\s+10 %\s+in `, sandbox.PlanDenied: `work\s+xAI\s+-\s+not told`} {
		b := newBench(t, sandbox.Options{AutoApprove: time.Millisecond, Plan: shape})
		b.configure(inside.Endpoints(b.portal.URL()))
		if r := b.run("login", "xai", "--no-browser", "--label", "work"); r.code != 0 {
			t.Fatal(r)
		}
		if r := b.runWith("xai-sandbox-0001\n", "login", "xai", "--api-key", "--label", "key"); r.code != 0 {
			t.Fatal(r)
		}
		if err := b.portal.UsePlan(b.portal.Grants()[0].ID, 100); err != nil {
			t.Fatal(err)
		}
		out := b.must("usage")
		if !regexp.MustCompile(want).MatchString(out) || !regexp.MustCompile(`key\s+xAI\s+-\s+not told`).MatchString(out) {
			t.Errorf("%s: %s", shape, out)
		}
		if n := b.asksForPlans(); n != 1 {
			t.Errorf("%s: asked %d times", shape, n)
		}
		if list := b.must("list"); strings.Count(list, "\tok\t") != 2 {
			t.Errorf("%s: %s", shape, list)
		}
	}
}
