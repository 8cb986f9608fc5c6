package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"charm.land/bubbles/v2/key"

	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// everyKey are keys that people press.
func everyKey() []string {
	var all []string
	for r := '!'; r <= '~'; r++ {
		all = append(all, string(r))
	}
	for r := 'a'; r <= 'z'; r++ {
		all = append(all, "ctrl+"+string(r))
	}
	return append(all, "enter", "esc", "space", "tab", "backspace", "delete", "up", "down", "left", "right", "home", "end", "pgup", "pgdown", "é", "ж", "界")
}

// deeds is everything that was done to the accounts, to the clipboard, or to the window
// itself.
func (d *driver) deeds() string {
	b := d.backend
	return fmt.Sprint(d.opened, len(d.copied), d.quit, d.suspended, len(b.signIns), b.refreshed, b.renamed, b.removed, b.reordered, b.cleared, b.answers, b.resets,
		b.snap.Default, b.snap.Strategies, len(d.m.stack), fmt.Sprintf("%T", d.m.accounts.sheet), d.m.accounts.marks, d.m.themeName)
}

// everyState visits every documented state of every screen.
func everyState(visit func(name string, lead func(d *driver))) {
	for name, leads := range documented {
		if name == "everywhere" {
			continue
		}
		for _, lead := range leads {
			visit(name, func(d *driver) {
				lead(d)
				for range 3 {
					d.wait(maxPause) // what opened by itself hears
				}
			})
		}
	}
}

func onScreen(t *testing.T, name string, f func(d *driver)) {
	all := nine()
	for i := range all {
		all[i].API, all[i].APIs = usable().API, usable().APIs
	}
	switch name {
	case "empty", "provider", "label", "code", "failed", "owner":
		all = nil
	}
	in(t, behind(name, all), f, importing, around(true, FoundFile{"Codex CLI", "/home/me/.codex/auth.json", true}), connected, writing, sandbox, illness())
}

// A key that is not among those of a page does nothing to accounts, clipboard and window,
// whatever page is shown.
func TestKeys_AllOthersDoNothing(t *testing.T) {
	everyState(func(name string, lead func(d *driver)) {
		onScreen(t, name, func(d *driver) {
			lead(d)
			for _, pressed := range everyKey() {
				msg := keyPress(pressed)
				binds := append(nowBinds(d), d.m.always()...)
				if slices.ContainsFunc(binds, func(b widget.Bind) bool { return key.Matches(msg, b.Binding) }) {
					continue
				}
				before := d.deeds()
				d.press(pressed)
				if after := d.deeds(); after != before {
					t.Fatalf("%s: %s did something:\n%s\n%s", name, pressed, before, after)
				}
			}
		})
	})
}

// Every key that the help of a page names does something there.
func TestKeys_ThatHelpNamesDoSomething(t *testing.T) {
	everyState(func(name string, lead func(d *driver)) {
		var named []string
		onScreen(t, name, func(d *driver) {
			lead(d)
			for _, b := range nowBinds(d) {
				if b.Long != "" && b.Group != groupMove && len(b.Keys()) > 0 {
					named = append(named, b.Keys()[0])
				}
			}
		})
		for _, pressed := range named {
			onScreen(t, name, func(d *driver) {
				lead(d)
				before := d.text() + d.deeds() + fmt.Sprint(d.m.noMouse)
				d.press(strings.ReplaceAll(pressed, "pgdn", "pgdown"))
				if d.text()+d.deeds()+fmt.Sprint(d.m.noMouse) == before {
					t.Errorf("%s: %s does nothing:\n%s", name, pressed, before)
				}
			})
		}
	})
}
