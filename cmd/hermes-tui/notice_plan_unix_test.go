//go:build unix

package main_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/sandbox"
)

// TestNotice_Plans: what answers tell of a plan comes to the command, each level once,
// of two proxies from one, and not again from those that are started later.
func TestNotice_Plans(t *testing.T) {
	t.Parallel()
	b := newBench(t, sandbox.Options{AccessTTL: time.Hour})
	used := b.tells()
	b.signIn("--label", "work")
	b.notify("")
	first, second := b.serve(), b.serve()
	asked := func(s *server, percent int64) {
		t.Helper()
		used.Store(percent)
		if got := b.asked(s); got.status != http.StatusOK {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	for _, step := range []struct {
		percent        int64
		told           int
		event, message string
	}{
		{76, 1, "plan_75", "work has used 76 % of 5h"},
		{77, 1, "plan_75", "work has used 76 % of 5h"},
		{93, 2, "plan_90", "work has used 93 % of 5h"},
		{100, 2, "plan_90", "work has used 93 % of 5h"},
		{8, 3, "room_again", "work has room again"},
		{80, 4, "plan_75", "work has used 80 % of 5h"},
	} {
		asked(second, step.percent)
		b.until(func() bool { return len(b.notices()) >= step.told && b.noted(float64(step.percent)) })
		all := b.notices()
		n := all[len(all)-1]
		if len(all) != step.told || n["event"] != step.event || n["message"] != step.message || n["id"] != b.id || n["state"] != "ok" || n["window"] != "5h" || n["used_percent"] == nil || n["resets_at"] == nil {
			t.Fatalf("at %d %%: %v", step.percent, all)
		}
	}
	first.end()
	second.end()
	third := b.serve()
	asked(third, 81)
	asked(third, 94)
	b.until(func() bool { return len(b.notices()) > 4 })
	if all := b.notices(); len(all) != 5 || all[4]["event"] != "plan_90" {
		t.Errorf("after all have started anew: %v", all)
	}
}

// noted reports whether so much of the account's plan is known to be used, and whether
// it is used up is noted.
func (b *bench) noted(percent float64) bool {
	known := usage.Read(b.state())[b.id]
	w, told := known.Reading.Tightest(time.Now())
	return told && *w.Used == percent && known.Said[usage.ByCommand].UsedUp == (percent == 100)
}
