package tui

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// banked is a plan of which so much is used, with so many resets saved up.
func banked(used float64, resets int) *usage.Known {
	k := told(windowOf("5h", 5*time.Hour, used, 41*time.Minute, 0), windowOf("week", week, 40, 75*time.Hour, 0))
	k.Reading.Banked = &resets
	return k
}

// usedUp is the account of Codex with a window that is used up and two resets saved up.
func usedUp(accounts []core.Account) []core.Account {
	accounts[1].Plan = banked(100, 2)
	return accounts
}

// onUsedUp has the cursor on it.
func onUsedUp(keys ...string) func(d *driver) {
	return func(d *driver) {
		d.change(usedUp)
		d.on(nine()[1].Label)
		d.press(keys...)
	}
}

// A banked reset is offered once a window is used up, on the list, in the details and in
// the palette, and else the key says why it is not.
func TestReset_IsOfferedWhenAWindowIsUsedUp(t *testing.T) {
	for _, c := range []struct {
		plan *usage.Known
		line string // of the details
		says string // what u says where it is not offered
	}{
		{banked(100, 1), "1 banked · u uses one", ""},
		{banked(62, 1), "1 banked", "No window of work's plan is used up, so that its banked reset is kept."},
		{banked(100, 0), "5h", "No reset is banked for work."},
		{told(windowOf("5h", 5*time.Hour, 100, time.Hour, 0)), "5h", " "}, // nobody told of resets
		{nil, "work", " "},
	} {
		a := account("work")
		a.Plan = c.plan
		in(t, newBackend(a), func(d *driver) {
			d.press("enter")
			d.shows(c.line)
			if c.says != "" {
				d.hides("uses one")
			}
			d.press("u")
			if c.says == "" {
				d.shows("Use a banked reset of “work”?")
			} else {
				d.hides("Use a banked reset")
				d.shows(c.says)
			}
			d.press("esc", "esc", ":", "b", "a", "n", "k", "e", "d")
			if c.says == "" {
				d.shows("Use a banked reset (asks)")
				d.press("enter")
				d.shows("Use a banked reset of “work”?")
			} else {
				d.shows("No matching action")
			}
			if len(d.backend.resets) > 0 {
				t.Error("one was used unbidden")
			}
		})
	}
}

// The sheet says what is spent; only y spends it, and what came of it is said.
func TestReset_IsAskedAbout(t *testing.T) {
	a := account("work")
	a.Plan = banked(100, 2)
	in(t, newBackend(a), func(d *driver) {
		d.backend.reset = *banked(0, 1)
		for _, leave := range []string{"n", "enter", "esc"} {
			d.press("u")
			d.shows("5h: used 100 % · resets 41m.", "has saved up 2 resets for it. One is spent, which cannot be undone;")
			d.hides("week: ")
			d.press(leave)
			d.hides("Use a banked reset of")
		}
		d.press("u")
		d.send(repeated("y"))
		if len(d.backend.resets) > 0 {
			t.Fatal("used without a word")
		}
		d.press("y")
		if len(d.backend.resets) != 1 || d.backend.resets[0] != "id-work" {
			t.Errorf("used: %v", d.backend.resets)
		}
		d.shows("work: a banked reset was used; now used 40 % of week, 1 banked more.")
		d.press("u")
		d.shows("No window of work's plan is used up")
	})
	in(t, newBackend(a), func(d *driver) {
		d.backend.err = &autherr.Error{Kind: autherr.Network, Message: "the provider did not answer whether the banked reset was used", Hint: "look before you try again"}
		d.press("u", "y")
		d.shows("The provider did not answer whether the banked reset was used.")
	})
	in(t, newBackend(a), func(d *driver) {
		d.backend.reset = *banked(0, 0)
		d.press("u", "y")
		d.shows("none is left.")
	})
}
