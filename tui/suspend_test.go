package tui

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
)

// TestSuspend holds that a refresh under way ends before the process stops,
// unless the person insists.
func TestSuspend(t *testing.T) {
	refreshing := func(since time.Time) func([]core.Account) []core.Account {
		return func(accounts []core.Account) []core.Account {
			accounts[0].RefreshingSince = since
			return accounts
		}
	}
	synctest.Test(t, func(t *testing.T) {
		d := newDriver(t, newBackend(account("work")))
		if d.press("ctrl+z"); d.suspended != 1 {
			t.Fatalf("suspended %d times without a refresh, want once", d.suspended)
		}
		d.change(refreshing(noon))
		d.press("ctrl+z")
		d.shows("To the shell once the new token is stored")
		if d.suspended != 1 {
			t.Fatal("suspended in the middle of a refresh")
		}
		if d.change(refreshing(time.Time{})); d.suspended != 2 {
			t.Fatalf("suspended %d times after the refresh, want 2", d.suspended)
		}
		d.change(refreshing(noon))
		if d.change(refreshing(time.Time{})); d.suspended != 2 {
			t.Fatal("suspended without being asked")
		}
		d.change(refreshing(noon))
		if d.press("ctrl+z", "ctrl+z"); d.suspended != 3 {
			t.Fatalf("suspended %d times after insisting, want 3", d.suspended)
		}
	})
}
