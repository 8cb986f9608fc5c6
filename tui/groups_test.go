package tui

import (
	"slices"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"pgregory.net/rapid"

	"github.com/hermes-tui/hermes-tui/tui/widget"
)

func TestList_StandsByPoolsBelowTheirHeadings(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		d.press("home")
		d.shows("MiniMax · fill first · next work", "1 of 3 serve", "xAI · fill first · nobody serves", "0 of 1 serve")
		d.press("/", "c", "h", "i", "n", "a")
		d.hides("fill first ·") // one pool is left
		d.press("esc", "o")
		d.hides("fill first ·")
		d.shows("STATE ↑")
		d.send(windowSize(80, 16))
		d.press("o", "o", "o", "o", "o")
		d.hides("fill first ·") // there is no room
	})
	in(t, newBackend(account("work"), account("other")), func(d *driver) { d.hides("fill first ·") })
}

// Every line of the list is a heading or a row, and each row is on one line.
func TestList_EveryRowHasItsLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &accountsPage{order: make([]int, rapid.IntRange(2, 40).Draw(t, "rows"))}
		for row := range p.order {
			if row == 0 || rapid.Bool().Draw(t, "begins") {
				p.groups = append(p.groups, group{row: row})
			}
		}
		win := &window{known: &known{Common: &widget.Common{Width: 100, Height: 30}}}
		next := 0
		for line := range p.in(win).lines() {
			row, head := p.in(win).rowAt(line)
			if head != nil {
				if row != next || head.row != row {
					t.Fatalf("the heading on line %d is that of row %d, not of %d", line, row, next)
				}
				continue
			}
			if row != next || p.in(win).lineOf(row) != line {
				t.Fatalf("line %d has row %d, which should be %d; that is on line %d", line, row, next, p.in(win).lineOf(row))
			}
			next++
		}
		if next != len(p.order) {
			t.Fatalf("%d of %d rows have a line", next, len(p.order))
		}
	})
}

func TestList_GoesToTheNextThatNeedsYou(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		d.press("home", "n")
		d.shows("old-laptop · MiniMax")
		d.press("n")
		d.shows("ci-bot · xAI")
		d.press("n")
		d.shows("old-laptop · MiniMax")
		d.press("/", "w", "o", "r", "k", "enter", "n")
		d.shows("None of the accounts that are listed needs you.")
	})
	in(t, newBackend(dead(account("one")), account("two")), func(d *driver) {
		d.press("n")
		d.shows("one · MiniMax", "No other account needs you.")
	})
}

func TestList_TheCardStandsAtTheRightOfAWideWindow(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		for _, w := range []int{140, 160, 200, 240} {
			d.send(windowSize(w, 24))
			d.press("home")
			lines := strings.Split(d.text(), "\n")
			if !strings.Contains(lines[2], "ACCOUNT") || !strings.Contains(lines[2], "─ work · MiniMax ─") {
				t.Errorf("%d columns: the card does not begin beside the heads:\n%s", w, d.text())
			}
			d.shows("issued 13:59:18", "last refresh", "0 of 1 serve", "POOL")
			d.press("d")
			d.shows("Remove “work”?", "─ work · MiniMax ─")
			d.press("n")
		}
	})
}

func TestMouse_HeadsSortFootersAreButtonsAndTwoClicksOpen(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		at := func(text string) tea.MouseClickMsg {
			for y, line := range strings.Split(d.text(), "\n") {
				if before, _, found := strings.Cut(line, text); found {
					return tea.MouseClickMsg{X: len([]rune(before)), Y: y, Button: tea.MouseLeft}
				}
			}
			t.Fatalf("%q is not there:\n%s", text, d.text())
			return tea.MouseClickMsg{}
		}
		d.send(at("EXPIRES"))
		d.shows("Sorted by what expires first.", "EXPIRES ↑")
		d.send(at("USED"))
		d.shows("USED ↓")
		d.send(at("USED ↓"))
		d.shows("Sorted by place in the pool.")
		d.send(at("POOL")) // nothing to sort by
		d.shows("Sorted by place in the pool.")
		d.send(at("p pool"))
		d.shows("Pool › who serves next")
		d.send(at("esc back"))
		d.send(at("team-nous"))
		d.wait(doubleClick + 1)
		d.send(at("team-nous"))
		d.shows("ACCOUNT")
		d.send(at("team-nous"))
		d.shows("accounts › team-nous")
		d.press("esc", "home", "d")
		d.send(at("remove"))
		d.shows("Remove “work”?")
		if len(d.backend.removed) > 0 {
			t.Error("a click removed an account")
		}
	})
}

func TestMouse_LetGoOfIsRemembered(t *testing.T) {
	var kept []Memory
	in(t, newBackend(account("work")), func(d *driver) {
		d.press("m")
		if len(kept) != 1 || !kept[0].NoMouse {
			t.Errorf("kept %v", kept)
		}
	}, func(o *Options) { o.Remember = func(m Memory) { kept = append(kept, m) } })
	in(t, newBackend(account("work")), func(d *driver) {
		if d.m.View().MouseMode != tea.MouseModeNone {
			t.Error("the mouse is taken again")
		}
	}, func(o *Options) { o.Recall = func() Memory { return Memory{NoMouse: true} } })
}

func TestPool_IsFilteredAndItsTitleStays(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		d.press("home", "p", "/", "c", "h", "i", "n", "a")
		d.shows("MiniMax China", "personal", "北京团队")
		d.hides("work", "Nous")
		d.press("x", "x")
		d.shows("No account matches “chinaxx”.")
		d.press("esc")
		d.shows("work")
		d.press("/", "n", "o", "u", "s", "enter", "enter")
		d.shows("accounts › team-nous")
		d.press("esc", "esc")
		d.shows("Pool › who serves next", "work")
		d.press("esc")
		d.shows("ACCOUNT")
	})
	many := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o"}
	b := newBackend()
	for _, label := range many {
		b.snap.Accounts = append(b.snap.Accounts, account(label))
	}
	in(t, b, func(d *driver) {
		d.send(windowSize(80, 14))
		d.press("p", "end")
		lines := strings.Split(d.text(), "\n")
		if at := slices.IndexFunc(lines, func(line string) bool { return strings.TrimSpace(line) == "MiniMax" }); at != 2 {
			t.Errorf("the title of the pool is on line %d:\n%s", at, d.text())
		}
	})
}
