package main_test

import (
	"strings"
	"testing"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestPoolShow_PlansLeft: what is left of all plans of a pool, once somebody told.
func TestPoolShow_PlansLeft(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("minimax", "--label", "work")
	b.signIn("minimax", "--label", "spare")
	left := func() (sums []map[string]any) {
		t.Helper()
		var pools []struct {
			Left []map[string]any `json:"plans_left"`
		}
		b.decode(b.must("pool", "show", "--json"), &pools)
		if len(pools) != 1 || pools[0].Left == nil {
			t.Fatalf("%+v", pools)
		}
		return pools[0].Left
	}
	if out := b.must("pool", "show"); len(left()) != 0 || strings.Contains(out, "plans left") {
		t.Errorf("before anybody told: %s", out)
	}
	for _, grant := range b.portal.Grants() {
		if err := b.portal.UsePlan(grant.ID, 30); err != nil {
			t.Fatal(err)
		}
	}
	b.must("usage")
	if sum := left()[0]; sum["window"] != "5h" || sum["left"] != 1.4 || sum["of"] != 2.0 {
		t.Errorf("%v", sum)
	}
	if out := b.must("list"); strings.Contains(out, "left") {
		t.Errorf("list has the sums: %s", out)
	}
}

// TestRoomAgain: a used-up account serves again once its provider says that there is
// room, and its history says both.
func TestRoomAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{})
	b.signIn("minimax", "--label", "work")
	b.rest("work", pool.Refusal{Status: 429, Code: "2056", Means: pool.Quota})
	if out := b.must("pool", "show"); !strings.Contains(out, "plan used up (429), tried again in") {
		t.Errorf("%s", out)
	}
	b.must("usage")
	if out := b.must("pool", "show"); !strings.Contains(out, "next") {
		t.Errorf("%s", out)
	}
	if out := b.must("log", "work"); !strings.Contains(out, "room again") || !strings.Contains(out, "used 0 % of week") {
		t.Errorf("%s", out)
	}
}
