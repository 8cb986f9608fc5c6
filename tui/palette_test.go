package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

func TestPalette_DoesWhatIsCalledSo(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		d.press("home", ":")
		d.shows("Do › what?", "Everything about it", "Sort by label")
		d.press("pgdown", "pgdown")
		d.shows("Quit from anywhere")
		for _, r := range "sort label" {
			if r == ' ' {
				d.press("space")
				continue
			}
			d.press(string(r))
		}
		d.shows("1 action")
		d.press("enter")
		d.shows("Sorted by label.")
		d.press(":", "z", "z", "z")
		d.shows("No matching action", "0 actions")
		d.press("enter", "esc")
		d.shows("9 accounts")
	})
}

func TestPalette_OffersEveryKeyOfThePage(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		d.send(windowSize(100, 80))
		binds := d.m.accounts.binds(d.m.window)
		d.press(":")
		for _, b := range binds {
			if b.Long != "" && b.Group != groupMove && !b.Palette {
				d.shows(say.SentenceStart(b.Long))
			}
		}
	})
}

// A key that is shown anywhere is matched by the binding that shows it, and no
// two bindings of a page claim the same key.
func TestBinds_NoKeyIsBoundTwice(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		for range 9 {
			seen := map[string]string{}
			for _, b := range append(d.m.accounts.binds(d.m.window), d.m.always()...) {
				for _, key := range b.Keys() {
					if other, twice := seen[key]; twice {
						t.Errorf("%q is bound to %q and to %q", key, other, b.Long)
					}
					seen[key] = b.Long
				}
			}
			d.press("down")
		}
	})
}

func TestHelp_FindsAKey(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		d.press("?", "/", "c", "o", "p", "y")
		d.shows("copy id, command or token")
		d.hides("rename", "STATES", "filter")
		d.press("enter", "esc")
		d.shows("STATES", "give it another label")
		d.press("esc")
		d.shows("9 accounts")
	})
}

func TestCooldown_IsCleared(t *testing.T) {
	a := account("work")
	a.Cooldown = pool.Cooldown{At: noon, Until: noon.Add(time.Hour), Named: true, Status: 429}
	in(t, newBackend(a, account("other")), func(d *driver) {
		d.shows("■ cooling down", "x clear the cool-down", "work · MiniMax")
		d.send(repeated("x"))
		d.backend.set(func(a []core.Account) []core.Account { a[0].Cooldown = pool.Cooldown{}; return a })
		d.press("x")
		if !slices.Equal(d.backend.cleared, []string{a.ID}) {
			t.Errorf("cleared %q", d.backend.cleared)
		}
		d.shows("work serves again.", "● ok")
		d.press("x")
		if len(d.backend.cleared) != 1 {
			t.Error("x does something where nothing cools down")
		}
	})
}

func TestCooldown_EndsByTimeAlone(t *testing.T) {
	a := account("work")
	a.ExpiresAt = noon.Add(50 * time.Hour)
	a.Cooldown = pool.Cooldown{At: noon, Until: noon.Add(2 * time.Hour)}
	in(t, newBackend(a), func(d *driver) {
		d.shows("cooling down")
		d.wait(2 * time.Hour)
		d.shows("● ok")
		if strings.Contains(d.text(), "–") {
			t.Errorf("it does not serve:\n%s", d.text())
		}
	})
}
