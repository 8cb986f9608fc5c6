package core

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// percent lets the portal say how much of each account's plan is used.
func (r *rig) percent(used int) {
	r.Helper()
	for _, grant := range r.portal.Grants() {
		if err := r.portal.UsePlan(grant.ID, used); err != nil {
			r.Fatal(err)
		}
	}
}

// told are headers that say how much of five hours is used, and that there are credits.
func told(percent string) http.Header {
	h := http.Header{}
	for name, value := range map[string]string{
		"Primary-Used-Percent": percent, "Primary-Window-Minutes": "300", "Credits-Has-Credits": "true", "Credits-Balance": "3",
	} {
		h.Set("X-Codex-"+name, value)
	}
	return h
}

// TestRoomAgain: what its provider tells ends the cool-down of an account that was used
// up or out of money, and no other.
func TestRoomAgain(t *testing.T) {
	for name, c := range map[string]struct {
		refusal Refusal
		used    int
		ends    bool
		words   string
	}{
		"used up":            {Refusal{Status: 429, Means: pool.Quota}, 8, true, "used up"},
		"used up until":      {Refusal{Status: 429, Means: pool.Quota, ResetAt: time.Now().Add(240 * time.Hour)}, 99, true, "used up"},
		"still used up":      {Refusal{Status: 429, Means: pool.Quota}, 100, false, "used up"},
		"out of money":       {Refusal{Status: 402}, 8, false, "out of credits"},
		"too many requests":  {Refusal{Status: 429}, 8, false, "cooling down"},
		"its token":          {Refusal{Status: 401}, 8, false, "cooling down"},
		"denied":             {Refusal{Status: 403}, 8, false, "cooling down"},
		"overloaded":         {Refusal{Status: 529, ResetAt: time.Now().Add(50 * time.Minute)}, 8, false, "cooling down"},
		"a model of its own": {Refusal{Status: 429, Means: pool.Model, Model: "m"}, 8, false, "cooling down"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			a, spare := r.account("work"), r.account("spare")
			c.refusal.Gen = 1
			r.refused(a.ID, c.refusal)
			r.percent(c.used)
			r.clock.Advance(time.Second)
			if _, err := r.core.AskPlan(t.Context(), a.ID); err != nil {
				t.Fatal(err)
			}
			other := r.open()
			now, _ := other.Snapshot().Find(a.ID)
			if ends := !now.Resting(r.clock.Now()); ends != c.ends {
				t.Errorf("ended: %t; %+v", ends, now.Limits)
			}
			want := map[bool]string{true: a.Label, false: spare.Label}[c.ends || c.refusal.Model != ""]
			if got := r.picked("", PickOptions{}); got != want {
				t.Errorf("%s serves, want %s", got, want)
			}
			if _, err := other.AskPlan(t.Context(), a.ID); err != nil { // a second one has nothing to say
				t.Fatal(err)
			}
			r.says(a.ID, c.words, c.ends)
		})
	}
}

// says checks that the account's history has one event of the cool-down, and one of its
// early end where that has come.
func (r *rig) says(id, words string, ended bool) {
	r.Helper()
	events, err := r.core.History(id)
	if err != nil {
		r.Fatal(err)
	}
	var said []string
	for _, e := range events {
		switch e.Kind {
		case record.EventCooledDown, record.EventUsedUp:
			said = append(said, e.Words())
		case record.EventRoomAgain:
			said = append(said, e.Words()+": "+e.Detail())
		}
	}
	if len(said) == 0 || said[0] != words || len(said) != 1+map[bool]int{true: 1}[ended] {
		r.Fatalf("%q", said)
	}
	if ended && !strings.HasPrefix(said[1], "room again: used ") {
		r.Errorf("%q", said)
	}
}

// TestRoomAgain_FromHeaders: an answer that another process got says so too, a minute
// after the refusal, with all that were under way then.
func TestRoomAgain_FromHeaders(t *testing.T) {
	r := newRig(t)
	quota, money, rate := r.account("quota"), r.account("money"), r.account("rate")
	r.refused(quota.ID, Refusal{Status: 429, Means: pool.Quota, Gen: 1})
	r.refused(money.ID, Refusal{Status: 402, Gen: 1})
	r.refused(rate.ID, Refusal{Status: 429, ResetAt: r.clock.Now().Add(time.Hour), Gen: 1})
	resting := func() (labels string) {
		t.Helper()
		other := r.open()
		for _, id := range []string{quota.ID, money.ID, rate.ID} {
			other.Told(id, told("40"))
		}
		if err := other.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, a := range r.core.Snapshot().Accounts {
			if a.Resting(r.clock.Now()) {
				labels += a.Label + " "
			}
		}
		return labels
	}
	r.clock.Advance(30 * time.Second)
	if got := resting(); got != "quota money rate " {
		t.Errorf("at once: %q", got)
	}
	r.clock.Advance(time.Minute)
	if got := resting(); got != "rate " {
		t.Errorf("later: %q", got)
	}
	r.says(quota.ID, "used up", true)
}

// TestRoomAgain_FailuresInARow: one that is refused again at once rests longer, as
// after a cool-down that has ended by itself.
func TestRoomAgain_FailuresInARow(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	r.account("spare")
	r.percent(99)
	for _, failures := range []int{1, 2, 3} {
		r.refused(a.ID, Refusal{Status: 429, Means: pool.Quota, Gen: 1})
		if now, _ := r.core.Snapshot().Find(a.ID); now.Cooldown.Failures != failures || !now.Cooldown.UsedUp(r.clock.Now()) {
			t.Fatalf("%+v", now.Cooldown)
		}
		r.clock.Advance(5 * time.Minute)
		if _, err := r.core.AskPlan(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
	}
}

// TestPlanNews: a person is told of a used-up account that has room again, and by each
// voice once.
func TestPlanNews(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	news := func(c *Core, by usage.Voice) string {
		t.Helper()
		all, err := c.PlanNews(t.Context(), by)
		if err != nil || len(all) > 1 {
			t.Fatalf("%v, %v", all, err)
		}
		if len(all) == 0 {
			return ""
		}
		return all[0].Words()
	}
	for i, step := range []struct {
		used    int
		refused bool
		want    string
	}{
		{10, false, ""}, {76, false, "has used 76 % of 5h"}, {77, false, ""}, {100, true, "has used 100 % of 5h"}, {100, false, ""}, {8, false, "has room again"}, {8, false, ""},
	} {
		r.percent(step.used)
		if step.refused {
			r.refused(a.ID, Refusal{Status: 429, Means: pool.Quota, ResetAt: r.clock.Now().Add(time.Hour), Gen: 1})
		}
		r.clock.Advance(5 * time.Minute)
		if _, err := r.core.AskPlan(t.Context(), a.ID); err != nil {
			t.Fatal(err)
		}
		one, other := r.open(), r.open()
		if got := news(one, usage.ByCommand) + news(other, usage.ByCommand); got != step.want {
			t.Errorf("step %d: %q, want %q", i, got, step.want)
		}
		if got := news(other, usage.ByWindow); got != step.want {
			t.Errorf("step %d, in the window: %q", i, got)
		}
	}
}

// TestRoomAgain_OfAnEarlierVersion: a cool-down of which nobody knows what it meant
// ends by itself.
func TestRoomAgain_OfAnEarlierVersion(t *testing.T) {
	r := newRig(t)
	a := r.account("work")
	r.account("spare")
	r.refused(a.ID, Refusal{Status: 429, Means: pool.Quota, Gen: 1})
	err := r.core.state.Folder.UpdatePool(t.Context(), func(p *record.PoolFile) bool {
		p.Find(a.ID).Cooldown.Means = ""
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	r.percent(8)
	r.clock.Advance(time.Second)
	if _, err := r.core.AskPlan(t.Context(), a.ID); err != nil {
		t.Fatal(err)
	}
	if now, _ := r.core.Snapshot().Find(a.ID); !now.Resting(r.clock.Now()) {
		t.Error("it has ended")
	}
}
