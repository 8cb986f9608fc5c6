package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// foot is the last line in which something stands, and which it is.
func (d *driver) foot() (line string, y int) {
	lines := strings.Split(strings.TrimRight(d.text(), "\n"), "\n")
	return lines[len(lines)-1], len(lines) - 1
}

func (d *driver) click(x, y int) { d.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }

// clickKey clicks a key of the footer, and says whether it is there.
func (d *driver) clickKey(b widget.Bind) bool {
	line, y := d.foot()
	at := strings.Index(line, b.Help().Key+" "+b.Help().Desc)
	if at < 0 {
		return false
	}
	d.click(ansi.StringWidth(line[:at]), y)
	return true
}

// No key of a footer that answers a question is pressed by a click, whatever asks it.
func TestMouse_AnswersNoQuestion(t *testing.T) {
	asked := map[string]int{}
	everyState(func(name string, lead func(d *driver)) {
		onScreen(t, name, func(d *driver) {
			lead(d)
			binds := nowBinds(d)
			sheet := d.m.accounts.sheet != nil && len(d.m.stack) == 0
			if !sheet && !slices.ContainsFunc(binds, func(b widget.Bind) bool { return slices.Contains(b.Keys(), "y") }) {
				return
			}
			for _, b := range binds {
				before := d.text() + d.deeds()
				if b.Foot == 1 && d.clickKey(b) {
					asked[name]++
					if after := d.text() + d.deeds(); after != before {
						t.Fatalf("%s: a click on %q answered:\n%s", name, b.Help().Key, after)
					}
				}
			}
		})
	})
	for _, name := range []string{"owner", "write", "import-question", "copy-token", "remove", "confirm", "needs-sign-in"} {
		if asked[name] < 2 {
			t.Errorf("%s: %d answers were clicked", name, asked[name])
		}
	}
}

// A click presses what stands there: a key of the footer, and none that a notice hides.
func TestMouse_PressesNoKeyThatIsNotShown(t *testing.T) {
	hidden := 0
	for _, size := range [][2]int{{40, 12}, {60, 16}, {80, 14}, {80, 19}, {100, 30}} {
		for _, lead := range []func(d *driver){
			pressing("home"), pressing("home", "enter"), pressing("home", "p"), pressing("home", "w"), pressing("home", "w", "w"), pressing("home", "t"), pressing("?"),
			pressing(":", "d", "o", "c", "t", "o", "r", "enter"), pressing("i"),
			func(d *driver) { d.press("a", "enter", "enter"); d.event(0, code()) },
		} {
			onScreen(t, "accounts", func(d *driver) {
				d.send(windowSize(size[0], size[1]))
				lead(d)
				d.m.complainText("The token endpoint of MiniMax cannot be reached. Look at the network, then press r.")
				d.send(nil)
				keys := strings.TrimSpace(ansi.Strip(d.m.Footer(d.m.top().binds(d.m.window), d.m.Inner()-3)))
				if line, _ := d.foot(); strings.Contains(line, keys) {
					return
				}
				hidden++
				before := d.deeds()
				for x := range size[0] {
					d.click(x, size[1]-1)
				}
				if after := d.deeds(); after != before {
					t.Errorf("%v: a key was pressed that is not there:\n%s\n%s\n%s", size, before, after, d.text())
				}
			})
		}
	}
	if hidden < 10 {
		t.Errorf("keys were hidden %d times", hidden)
	}
	in(t, newBackend(nine()...), func(d *driver) {
		for _, b := range d.m.accounts.binds(d.m.window) {
			if slices.Contains(b.Keys(), "p") && !d.clickKey(b) {
				t.Errorf("no key for the pools:\n%s", d.text())
			}
		}
		d.shows("Pool › who serves next")
	})
}
