package tui

import (
	"math"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/usage"
	"github.com/hermes-tui/hermes-tui/tui/cells"
)

// windowOf is a window of a plan that was told a while ago.
func windowOf(name string, length time.Duration, used float64, resets, ago time.Duration) usage.Window {
	return usage.Window{Name: name, Length: length, Used: &used, Resets: noon.Add(resets), Told: noon.Add(-ago)}
}

func told(windows ...usage.Window) *usage.Known {
	at := windows[0].Told
	return &usage.Known{Reading: usage.Reading{At: at, Source: usage.FromHeader, Windows: windows}}
}

const week = 7 * 24 * time.Hour

// planned are the nine accounts, of some of which a plan is known.
func planned() []core.Account {
	all := nine()
	all[0].Plan = told(windowOf("5h", 5*time.Hour, 62, 41*time.Minute, 0), windowOf("week", week, 10, 75*time.Hour, 0))
	all[0].Plan.Points = map[string][]usage.Point{"/5h": {
		{At: noon.Add(-30 * time.Minute), Used: 2}, {At: noon.Add(-15 * time.Minute), Used: 30}, {At: noon, Used: 62},
	}}
	all[0].Plan.Reading.Plan = "Max"
	all[1].Plan = told(windowOf("5h", 5*time.Hour, 99.6, 2*time.Hour, time.Minute), windowOf("week", week, 80, 30*time.Hour, time.Minute))
	all[2].Plan = told(windowOf("week", week, 81, 30*time.Hour, 3*time.Hour))
	all[4].Plan = told(windowOf("month", 30*24*time.Hour, 100, 12*24*time.Hour, time.Minute))
	all[6].Plan = &usage.Known{Reading: usage.Reading{At: noon, Balances: []usage.Balance{{Name: "credits", Amount: 3.1, Currency: "USD"}}}}
	all[7].Plan = &usage.Known{Reading: usage.Reading{At: noon, Blocked: "no paid access"}}
	return all
}

func TestPlan_InTheList(t *testing.T) {
	in(t, newBackend(planned()...), func(d *driver) {
		d.press("home")
		d.shows("PLAN USED", "62 % 5h", "99 % 5h", "81 % week", "100 % month", "$3.10", "not served")
		d.shows("used 62 % of 5h · resets 41m") // on the card
		d.on("personal")
		d.shows("used 81 % of week · resets 1d 6h · told 3h ago")
		d.on("spare")
		d.shows("plan          –")
	})
	in(t, newBackend(nine()...), func(d *driver) { d.hides("PLAN") })
}

// A window that has begun anew since it was told is nowhere any more, without
// anything being read.
func TestPlan_AWindowThatHasBegunAnewIsGone(t *testing.T) {
	a := account("work")
	a.ExpiresAt = noon.Add(24 * time.Hour)
	a.Plan = told(windowOf("5h", 5*time.Hour, 62, 41*time.Minute, 0), windowOf("week", week, 10, 75*time.Hour, 0))
	in(t, newBackend(a), func(d *driver) {
		d.shows("62 % 5h")
		d.wait(42 * time.Minute)
		d.shows("10 % week")
		d.hides("62 %")
		d.press("p")
		d.shows("plans left: week 0.9 of 1")
		d.hides("5h 0.4")
	})
}

func TestPlan_InDetails(t *testing.T) {
	in(t, newBackend(planned()...), func(d *driver) {
		d.press("home", "enter")
		d.shows("plan: Max · told just now", "used 62 % · resets 41m · empty about 14:21 at this pace", "used 10 % · resets 3d 3h")
		d.press("esc")
		d.m.push(&detailsPage{id: "id-ci-bot"})
		d.m.derive()
		d.shows("credits", "$3.10 left")
		d.hides("empty about", " 0 %")
	})
}

// The column goes where nothing is known any more, without anything being read.
func TestPlan_TheColumnGoes(t *testing.T) {
	const day = 24 * time.Hour
	blocked := &usage.Known{Reading: usage.Reading{At: noon, Blocked: "no paid access"}}
	endless := windowOf("week", week, 62, 0, 0)
	endless.Resets = time.Time{}
	for name, c := range map[string]struct {
		plan  *usage.Known
		after time.Duration
	}{
		"a window":              {told(windowOf("5h", 5*time.Hour, 62, 41*time.Minute, 0)), 41 * time.Minute},
		"one that has no reset": {told(endless), week},
		"a block":               {blocked, day},
	} {
		t.Run(name, func(t *testing.T) {
			a := account("work")
			a.ExpiresAt = noon.Add(30 * day)
			a.Plan = c.plan
			in(t, newBackend(a), func(d *driver) {
				d.wait(c.after - time.Second)
				d.shows("PLAN USED")
				d.wait(time.Second)
				d.hides("PLAN", "plan")
			})
		})
	}
}

// A number that no plan can have is drawn, and breaks nothing.
func TestPlanBar_HoldsAnyNumber(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		for _, used := range []float64{-1e300, -1, 0, 100, 150, 1e300, math.NaN(), math.Inf(1)} {
			w := windowOf("5h", 5*time.Hour, used, time.Hour, 0)
			if got := cells.Width(planBar(d.m.known, &w, planBarWidth, columnGap, &d.m.Theme.Plain)); got != columnGap+planBarWidth+1 {
				t.Errorf("%v: %d cells", used, got)
			}
		}
	})
}

// TestPlan_Unknown: nothing that was not told is a number.
func TestPlan_Unknown(t *testing.T) {
	bare := account("bare")
	bare.Plan = told(usage.Window{Name: "5h", Length: 5 * time.Hour, Told: noon})
	in(t, newBackend(bare), func(d *driver) {
		d.hides("PLAN", " %")
		d.press("enter")
		d.shows("5h", "not told")
		d.hides(" %")
	})
}

func TestPlan_PoolsSum(t *testing.T) {
	of := func(id string, used float64) core.Account {
		a := account(id)
		a.Plan = told(windowOf("5h", 5*time.Hour, used, time.Hour, 0), windowOf("week", week, 50, time.Hour, 0))
		return a
	}
	in(t, newBackend(of("one", 60), of("two", 0), account("three")), func(d *driver) {
		d.press("p")
		d.shows("MiniMax  plans left: 5h 1.4 of 2, week 1.0 of 2")
	})
	soonest := newBackend(of("one", 60), of("two", 0))
	soonest.snap.Strategies = map[pool.ID]pool.Strategy{{Provider: "minimax-oauth", Region: "global"}: pool.MostLeft}
	in(t, soonest, func(d *driver) {
		d.press("p")
		d.shows("most left: the one with the most left of its plan")
	})
}
