package tui

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
)

// A sign-in that waits is a row that counts its code down, with the link and the QR
// below, and counts in the header.
func TestBackground_ASignInIsARowWithItsCode(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.press("b")
		d.shows("1 account · 1 signing in", "» signing in", "in 4m 12s", "platform.minimax.io")
		d.wait(2 * time.Second)
		d.shows("in 4m 10s")
		d.send(windowSize(160, 40))
		d.shows("▀", "platform.minimax.io") // the QR
		d.press("enter", "esc")
		d.hides("signing in")
	})
}

// Two sign-ins side by side are never offered the same label, nor may it be typed.
func TestBackground_NoLabelTwice(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.press("a", "enter")
		d.shows("minimax-2")
		d.press("enter")
		d.event(0, code())
		d.press("b", "a", "enter")
		d.shows("minimax-3")
		d.press("ctrl+u", "M", "i", "n", "i", "m", "a", "x", "-", "2", "enter")
		d.shows("already; choose another")
		d.press("backspace", "3", "enter")
		d.event(1, code())
		d.press("b", "a", "enter")
		d.shows("minimax-4")
	})
}

func TestUndo_IsOfferedOnlyForWhatItCanUndo(t *testing.T) {
	in(t, newBackend(account("one"), account("two")), func(d *driver) {
		offered := func() string {
			for _, b := range d.m.undoBinds() {
				return b.Long
			}
			return ""
		}
		if d.press("v"); offered() != "undo the pause of one" {
			t.Errorf("offered %q", offered())
		}
		if d.press("v"); offered() != "" { // resumed by hand
			t.Errorf("offered %q", offered())
		}
		d.press("z")
		d.shows("There is nothing to undo.")
		d.press("v")
		gone := func(all []core.Account) []core.Account { return all[1:] }
		if d.change(gone); offered() != "" {
			t.Errorf("offered %q", offered())
		}
		d.backend.err = errors.New("no disk")
		if d.press("v"); offered() != "" {
			t.Errorf("offered %q for a pause that failed", offered())
		}
	})
}

func TestRemove_MoreThanThreeAskForTheirNumber(t *testing.T) {
	in(t, newBackend(account("a"), account("b"), account("c"), account("d"), account("e")), func(d *driver) {
		d.press("space", "space", "space", "space", "d")
		d.shows("Remove these 4 accounts?", "Type 4 to remove them:")
		d.press("y", "enter", "n", "backspace", "backspace", "3", "enter")
		if len(d.backend.removed) > 0 {
			t.Fatalf("removed %q", d.backend.removed)
		}
		d.press("backspace", "4")
		d.shows("enter remove 4")
		d.send(repeated("enter"))
		if len(d.backend.removed) > 0 {
			t.Fatalf("a held key removed %q", d.backend.removed)
		}
		d.press("enter")
		if len(d.backend.removed) != 4 {
			t.Errorf("removed %q", d.backend.removed)
		}
	})
}

func TestKeys_ThatDoNothingSayWhy(t *testing.T) {
	tired := account("tired")
	tired.Cooldown = pool.Cooldown{At: noon, Until: noon.Add(time.Hour), Named: true, Status: 429}
	shared := account("shared")
	shared.Owner = "hermes-agent"
	odd := account("odd")
	odd.Provider, odd.ProviderName, odd.API = "nous", "Nous Portal", "nothing_known"
	in(t, newBackend(account("work"), dead(account("old")), shared, odd), func(d *driver) {
		for _, tc := range []struct{ on, key, says string }{
			{"work", "x", "work is not cooling down."},
			{"old", "r", "old cannot be refreshed: it needs sign-in."},
			{"shared", "r", "Only hermes-agent refreshes shared."},
			{"odd", "w", "No program that hermes-tui can connect speaks the API of odd."},
			{"odd", "J", "odd is the only account of Nous Portal."},
			{"work", "z", "There is nothing to undo."},
			{"work", "i", "There is nothing to import"},
		} {
			d.on(tc.on)
			d.press(tc.key)
			if !strings.Contains(d.text(), tc.says) {
				t.Errorf("%s on %s does not say %q:\n%s", tc.key, tc.on, tc.says, d.text())
			}
		}
		d.press("o", "J")
		d.shows("The list is sorted by what needs you first")
		d.press("p", "e")
		d.shows("That key is for the account itself; enter shows it.")
	}, connected)
	in(t, newBackend(tired), func(d *driver) {
		d.press("n")
		d.shows("No account needs you now.")
	})
}

// The palette knows other words for what it offers, and says that there is more.
func TestPalette_KnowsOtherWords(t *testing.T) {
	for _, word := range []string{"theme", "color", "colour", "log", "settings", "notify", "doctor", "keystore", "quit", "proxy"} {
		in(t, newBackend(account("work")), func(d *driver) {
			d.press(":")
			d.press(strings.Split(word, "")...)
			d.hides("No matching action")
		}, connected, examined())
	}
	in(t, newBackend(nine()...), func(d *driver) {
		d.send(windowSize(80, 20))
		d.press(":")
		d.shows("↓ ", " more")
		d.press("end", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown")
		d.hides(" more\n")
	})
}
