package main_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/sandbox"
)

// plans is what `usage --json` prints.
type plans []struct {
	Told    bool   `json:"told"`
	Error   string `json:"error"`
	Windows []struct {
		Name        string   `json:"name"`
		UsedPercent *float64 `json:"used_percent"`
	} `json:"windows"`
}

// TestUsage: in every shape in which the provider was seen to tell, the same is
// understood; and where it tells nothing, no number is shown.
func TestUsage(t *testing.T) {
	t.Parallel()
	for shape, told := range map[sandbox.PlanShape]bool{
		sandbox.PlanPercent: true, sandbox.PlanRemaining: true, sandbox.PlanUsed: true, sandbox.PlanCounts: true, sandbox.PlanOld: true,
		sandbox.PlanDenied: false, sandbox.PlanNone: false,
	} {
		t.Run(string(shape), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, sandbox.Options{Plan: shape})
			b.signIn("--label", "work")
			if err := b.portal.UsePlan(b.portal.Grants()[0].ID, 62); err != nil {
				t.Fatal(err)
			}
			var all plans
			if err := json.Unmarshal([]byte(b.must("usage", "--json")), &all); err != nil || len(all) != 1 {
				t.Fatalf("%v, %d plans", err, len(all))
			}
			p, guard := all[0], b.run("guard", "work", "--min-remaining", "40%")
			if !told {
				if p.Told || len(p.Windows) != 0 || p.Error == "" || guard.code != 7 {
					t.Errorf("%+v; guard ended with %d", p, guard.code)
				}
				if text := b.must("usage"); !strings.Contains(text, "not told") || strings.Contains(text, "%") {
					t.Errorf("%s", text)
				}
				return
			}
			if !p.Told || len(p.Windows) != 2 || p.Windows[0].Name != "5h" || p.Windows[0].UsedPercent == nil || *p.Windows[0].UsedPercent != 62 {
				t.Errorf("%+v", p)
			}
			if guard.code != 6 || b.run("guard", "--min-remaining", "38%").code != 0 {
				t.Errorf("38 %% are left; guard for 40 %% ended with %d: %s", guard.code, guard.err)
			}
		})
	}
}

// TestUsage_AsksSeldom: however often and by whichever command it is wanted, the
// provider is asked once in five minutes; with --known nobody is.
func TestUsage_AsksSeldom(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("--label", "work")
	if text := b.must("usage", "--known"); !strings.Contains(text, "not told") {
		t.Errorf("before anybody was asked: %s", text)
	}
	if n := b.asksForPlans(); n != 0 {
		t.Errorf("--known asked %d times", n)
	}
	b.must("usage")
	b.must("usage", "work")
	b.must("guard")
	if text := b.must("usage", "--known"); !strings.Contains(text, "5h") {
		t.Errorf("what was asked is known: %s", text)
	}
	if n := b.asksForPlans(); n != 1 {
		t.Errorf("the provider was asked %d times", n)
	}
	b.must("remove", "work", "--yes")
	if text := b.must("usage", "--known", "--json"); strings.TrimSpace(text) != "[]" {
		t.Errorf("of no account: %s", text)
	}
}

// TestGuard_SaysWhyItDoesNotKnow: where nobody can be asked, the exit code is that of
// the reason, and what was told before counts for nothing.
func TestGuard_SaysWhyItDoesNotKnow(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	if r := b.run("guard"); r.code != 3 {
		t.Errorf("without an account: %s", r)
	}
	b.signIn("--label", "work")
	b.portal.RevokeAll()
	b.run("refresh", "--force")
	if r := b.run("guard", "work"); r.code != 3 || !strings.Contains(r.err, "sign in") {
		t.Errorf("an account that needs sign-in: %s", r)
	}
	if r := b.run("guard", "work", "--known"); r.code != 7 {
		t.Errorf("of what is known: %s", r)
	}
}

// asksForPlans is how often the portal was asked for what is left, so far.
func (b *bench) asksForPlans() (n int) {
	for {
		select {
		case e := <-b.events:
			if e.Kind == sandbox.KindPlan && e.Outcome == sandbox.Received {
				n++
			}
		default:
			return n
		}
	}
}

// Of an account of which nobody tells anything it is shown what went through the
// proxy, as what it is.
func TestUsage_CountedHere(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{Plan: sandbox.PlanNone})
	b.signIn("--label", "work")
	if text := b.must("usage"); strings.Contains(text, "counted here") {
		t.Errorf("before anything was counted: %s", text)
	}
	ask := `curl -s -o /dev/null "$ANTHROPIC_BASE_URL/v1/messages" -H "x-api-key: $ANTHROPIC_AUTH_TOKEN" -H "anthropic-version: 2023-06-01" -H "content-type: application/json" -d '{"model":"MiniMax-M2","max_tokens":50,"messages":[{"role":"user","content":"hello"}]}'`
	if r := b.run("exec", "--", "sh", "-c", ask); r.code != 0 {
		t.Skipf("no curl here: %d %s", r.code, r.err)
	}
	if text := b.must("usage"); strings.Count(text, "1 request, ") != 3 || strings.Count(text, "counted here") != 3 {
		t.Errorf("%s", text)
	}
	var all []struct {
		Told    bool
		Counted []struct {
			Window           string
			Requests, Tokens uint64
		}
	}
	b.decode(b.must("usage", "--json"), &all)
	if len(all) != 1 || all[0].Told || len(all[0].Counted) != 3 || all[0].Counted[0].Window != "5h" || all[0].Counted[0].Requests != 1 || all[0].Counted[2].Tokens == 0 {
		t.Errorf("%+v", all)
	}
}
