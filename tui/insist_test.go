package tui

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
)

// TestRefreshAgainInsists holds that a refresh which did nothing is done when it
// is asked for again, as long as the window still says so, and for no other
// account.
func TestRefreshAgainInsists(t *testing.T) {
	for name, tt := range map[string]struct {
		between func(d *driver)
		forced  bool
	}{
		"at once":            {func(*driver) {}, true},
		"a while later":      {func(d *driver) { d.wait(time.Minute) }, false},
		"at another account": {func(d *driver) { d.press("down") }, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBackend(account("work"), account("home"))
				b.result = core.RefreshResult{Note: "nothing done: refreshed 17 s ago"}
				d := newDriver(t, b)
				d.press("r")
				d.shows("work: Nothing done: refreshed 17 s ago. r again insists.")
				if b.forced {
					t.Error("the first refresh is forced")
				}
				tt.between(d)
				d.press("r")
				if len(b.refreshed) != 2 || b.forced != tt.forced {
					t.Errorf("%d refreshes, the last one forced: %v, want %v", len(b.refreshed), b.forced, tt.forced)
				}
			})
		})
	}
}
