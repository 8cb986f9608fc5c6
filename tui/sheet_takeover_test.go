package tui

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/fleet"
)

// A refresh that another host did not end is said of the account once its token has
// ended, and r asks before it is taken over; where nobody is asked it is like any other.
func TestTakeOver(t *testing.T) {
	ended := account("work")
	ended.ExpiresAt = noon.Add(-time.Minute)
	s := prod()
	s.Accounts["id-work"] = fleet.Standing{By: "desk-2", Left: "builder-1"}
	const left = "builder-1 began to refresh it and did not end; it may hold newer tokens."
	in(t, inFleet(newBackend(ended, account("spare")), s), func(d *driver) {
		d.on("work")
		d.hides(left)
		s.Asks = true
		d.sight(s)
		d.shows(left, "r refresh it all the same (asks first)")
		d.press("r")
		d.shows("Refresh “work” all the same?", "y take over", "n wait for it", "When builder-1 comes back, its tokens are there by themselves.")
		d.press("enter")
		d.hides("y take over")
		if len(d.backend.refreshed) > 0 {
			t.Fatalf("enter has refreshed %v", d.backend.refreshed)
		}
		d.press("r", "y")
		if got := d.backend.refreshed; len(got) != 1 || got[0] != "over id-work" {
			t.Errorf("a yes has refreshed %v", got)
		}
		d.wait(toastTime)
		s.Accounts = map[string]fleet.Standing{"id-work": {By: "desk-2", Left: "desk-2"}}
		d.sight(s)
		d.hides(left, "did not end") // this host itself goes on by itself
		s.Accounts = map[string]fleet.Standing{"id-work": {By: "desk-2", Left: "builder-1"}}
		d.sight(away(s))
		d.hides("did not end", "all the same")
		d.sight(s)
		d.press("enter", "r")
		d.shows("y take over")
	})
	alive := ended
	alive.ExpiresAt = noon.Add(time.Hour)
	in(t, inFleet(newBackend([]core.Account{alive}...), s), func(d *driver) {
		d.on("work")
		d.hides("did not end")
		d.press("r")
		if got := d.backend.refreshed; len(got) != 1 || got[0] != "id-work" {
			t.Errorf("r has refreshed %v", got)
		}
	})
}
