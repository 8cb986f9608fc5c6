package core

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
)

// What was counted of a name is what was counted of the accounts that it means: by
// label, pool and id, also of one that was removed.
func TestTallyOf(t *testing.T) {
	r := newRig(t)
	work, spare := r.account("work"), r.account("spare")
	for _, id := range []string{work.ID, spare.ID, "gone000000"} {
		r.core.Served(tally.Use{Account: id, Program: "p"}, tally.Counts{Requests: 1})
	}
	if err := r.core.Remove(t.Context(), spare.ID); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"": 3, "work": 1, "minimax": 1, work.ID: 1, spare.ID: 1, "gone000000": 1} {
		if rows, err := r.core.TallyOf(name, time.Time{}); err != nil || len(rows) != want {
			t.Errorf("%q: %d rows, %v, want %d", name, len(rows), err, want)
		}
	}
	if rows, err := r.core.TallyOf("nobody", time.Time{}); err == nil || len(rows) != 0 {
		t.Errorf("nobody: %v, %v", rows, err)
	}
}
