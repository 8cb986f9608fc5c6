package tui

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	tea "charm.land/bubbletea/v2"

	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// state is everything that a key can change.
func (d *driver) state() string {
	b := d.backend
	return fmt.Sprint(d.text(), d.opened, d.copied, d.quit, len(b.signIns), b.refreshed, b.renamed, b.removed)
}

// shown are the keys that stand in the last lines of the screen.
func shown(d *driver) []string {
	page, sheet := d.m.top(), d.m.accounts.sheet
	binds := page.binds(d.m.window)
	if s, ok := sheet.(interface{ binds(*window) []widget.Bind }); ok && len(d.m.stack) == 0 {
		binds = s.binds(d.m.window)
	}
	var all []string
	for _, b := range binds {
		if strings.Contains(d.text(), b.Help().Key+" "+b.Help().Desc) && b.Foot > 0 {
			all = append(all, b.Help().Key)
		}
	}
	return all
}

func TestFooter_EveryKeyDoesSomething(t *testing.T) {
	for _, s := range screens {
		for _, size := range [][2]int{{100, 30}, {40, 12}} {
			t.Run(fmt.Sprintf("%s/%dx%d", s.name, size[0], size[1]), func(t *testing.T) {
				var all []string
				visit := func(name string) {
					synctest.Test(t, func(t *testing.T) {
						b := newBackend()
						if s.with != nil {
							b = s.with()
						}
						d := newDriver(t, b, s.change...)
						d.send(windowSize(size[0], size[1]))
						if s.do != nil {
							s.do(d)
						}
						d.wait(maxPause)
						d.m.toast = toast{} // takes the keys' place for a while
						if name == "" {
							all = shown(d)
							return
						}
						before := d.state()
						d.press(name)
						if d.state() == before {
							t.Errorf("%s is shown but does nothing:\n%s", name, d.text())
						}
					})
				}
				visit("")
				if len(all) == 0 {
					t.Fatal("no key is shown")
				}
				for _, name := range all {
					visit(name)
				}
			})
		}
	}
}

func TestHelp_NamesEveryKeyOfTheListAndNoOther(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.send(windowSize(100, 60))
		binds := d.m.accounts.binds(d.m.window)
		d.press("?")
		text := d.text()
		for _, b := range binds {
			for _, name := range b.Keys() {
				name = strings.ReplaceAll(name, "pgdown", "pgdn")
				if !containsWord(text, name) {
					t.Errorf("help does not name %q:\n%s", name, text)
				}
			}
		}
		for _, name := range []string{"x", "w", "z", "J"} { // not here
			if containsWord(text, name) {
				t.Errorf("help names %q, which does nothing", name)
			}
		}
		d.shows("STATES", "! needs sign-in", "v0.1.0")
		d.press("q")
		d.shows("work · MiniMax")
	})
}

func containsWord(text, word string) bool {
	for _, w := range strings.Fields(text) {
		if w == word {
			return true
		}
	}
	return false
}

func TestHelp_ShowsTheSecondTerminalInTheSandbox(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.shows("sandbox: http://127.0.0.1:43211")
		d.press("?")
		d.shows("hermes-tui --home /tmp/hermes-tui-x token")
	}, sandbox)
}

func TestHelp_CopiesTheCommandAndKnowsWhereItIs(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.press("enter", "?")
		d.shows("Help › details", "remove it (asks first)", "c copy the command")
		d.press("c")
		if want := "hermes-tui --home /tmp/hermes-tui-x token"; len(d.copied) != 1 || d.copied[0] != want {
			t.Errorf("copied %q, want %q", d.copied, want)
		}
		d.shows("Command sent to the clipboard.")
		d.press("esc")
		d.shows("accounts › work")
		d.hides("d remove") // what destroys is never in a footer
		d.press("d")
		d.shows("Remove “work”?")
	}, sandbox)
}

func TestKeys_LeaveAndRepaint(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.press("a", "enter", "enter")
		d.event(0, code())
		d.press("ctrl+c")
		if !d.quit || d.backend.ctxs[0].Err() == nil {
			t.Error("ctrl+c leaves something running")
		}
	})
	in(t, newBackend(account("work")), func(d *driver) {
		d.press("esc")
		if d.quit {
			t.Error("esc on a bare list quits")
		}
		d.press("q")
		if !d.quit {
			t.Error("q does not quit")
		}
	})
}

func TestKeys_MoveTheCursor(t *testing.T) {
	var b = newBackend(nine()...)
	in(t, b, func(d *driver) {
		d.send(windowSize(60, 12))
		for _, step := range []struct {
			keys string
			want string
		}{
			{"home", "1 of 9"}, {"down", "2 of 9"}, {"j", "3 of 9"}, {"up", "2 of 9"}, {"k", "1 of 9"}, {"k", "1 of 9"},
			{"end", "9 of 9"}, {"j", "9 of 9"}, {"g", "1 of 9"}, {"G", "9 of 9"}, {"g", "1 of 9"},
		} {
			d.press(step.keys)
			d.shows(step.want, "▌")
		}
		for range 9 { // row by row, beyond what fits
			d.shows("▌")
			d.press("down")
		}
		d.press("home", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown", "pgdown")
		d.shows("9 of 9")
		d.press("enter")
		d.press("esc", "pgup")
		d.hides("9 of 9")
	})
}

func TestKeys_WorkOnLayoutsWithoutLatinLetters(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		if !d.m.View().KeyboardEnhancements.ReportAlternateKeys {
			t.Error("the terminal is not asked where a key stands")
		}
		d.send(tea.KeyPressMsg{Code: 'с', BaseCode: 'c', Mod: tea.ModCtrl}) // Cyrillic
		if !d.quit {
			t.Error("ctrl+c does not quit")
		}
	})
	// Dvorak has its c where others have an i, and a j where others have the c.
	in(t, newBackend(account("work")), func(d *driver) {
		d.send(tea.KeyPressMsg{Code: 'j', BaseCode: 'c', Mod: tea.ModCtrl})
		if d.quit {
			t.Error("ctrl+j quits")
		}
		d.send(tea.KeyPressMsg{Code: 'c', BaseCode: 'i', Mod: tea.ModCtrl})
		if !d.quit {
			t.Error("ctrl+c does not quit")
		}
	})
}
