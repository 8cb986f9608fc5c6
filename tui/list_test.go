package tui

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/secret"
)

// labels are those of the rows, from the top.
func (d *driver) labels() []string {
	var all []string
	for _, i := range d.m.accounts.order {
		all = append(all, d.m.all[i].Label)
	}
	return all
}

func (d *driver) lists(want ...string) {
	d.t.Helper()
	if diff := cmp.Diff(want, d.labels()); diff != "" {
		d.t.Error(diff)
	}
}

func TestFilter_ListsWhatMatchesEveryWord(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		d.press("/", "n", "o", "u", "s")
		d.lists("team-nous", "borrowed")
		d.shows("2 of 9 accounts · /nous", "enter keep  esc clear", "team-nous · Nous Portal", "1 of 2")
		if c := d.m.View().Cursor; c == nil || c.X != len("  / nous") || c.Y != 29 {
			t.Errorf("the text cursor is at %+v", c)
		}
		d.press("down", "space", "s", "h", "a") // every key but a few is text
		d.lists("borrowed")
		d.press("enter", "d")
		d.shows("Remove “borrowed”?")
		d.press("n", "esc")
		d.hides("/nous")
		d.shows("borrowed · Nous Portal", "8 of 9") // the cursor stays with its account
		d.press("/", "x", "A", "I", "esc")
		d.shows("8 of 9") // and comes back to where it was
	})
}

func TestFilter_EverythingIsText(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		d.press("/", "q", "d", "y", "?")
		d.shows("No account matches “qdy?”.", "0 of 9 accounts")
		d.press("up", "down", "enter")
		d.shows("esc lists everything again")
		d.press("enter", "d", "r", "c", "J") // there is nothing that they could be about
		d.shows("No account matches")
		d.press("esc")
		d.shows("9 accounts")
	})
}

func TestFilter_FollowsStatesThatChangeWithTime(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		d.press("/", "e", "x", "p", "i", "r", "e", "d")
		d.lists("北京团队")
		d.wait(time.Minute)
		d.lists("someone.with.a.long.name@example.com", "北京团队")
	})
}

func TestSort_GoesThroughEveryOrderAndRemembersIt(t *testing.T) {
	var kept Memory
	remember := func(o *Options) { o.Remember = func(m Memory) { kept = m } }
	in(t, newBackend(nine()...), func(d *driver) {
		d.press("o")
		d.shows("Sorted by what needs you first.")
		if got := d.labels()[:3]; !slices.Equal(got, []string{"old-laptop", "ci-bot", "spare"}) {
			t.Errorf("trouble first: %q", got)
		}
		d.press("o")
		if got := d.labels(); !slices.IsSortedFunc(got, strings.Compare) || kept.Sort != "label" {
			t.Errorf("%q, remembered as %q", got, kept.Sort)
		}
		d.press("o", "o")
		if got := d.labels(); got[0] != "北京团队" || got[len(got)-1] != "old-laptop" {
			t.Errorf("by expiry: %q", got)
		}
		d.press("o")
		if got := d.labels(); got[len(got)-1] != "ci-bot" {
			t.Errorf("by use: %q", got)
		}
		d.press("o")
		d.lists("work", "old-laptop", "spare", "someone.with.a.long.name@example.com", "personal", "北京团队", "team-nous", "borrowed", "ci-bot")
	}, remember)
	in(t, newBackend(account("b"), account("a")), func(d *driver) { d.lists("a", "b") },
		func(o *Options) { o.Recall = func() Memory { return Memory{Sort: "label"} } })
	in(t, newBackend(account("b"), account("a")), func(d *driver) { d.lists("b", "a") },
		func(o *Options) { o.Recall = func() Memory { return Memory{Sort: "nonsense"} } })
}

func TestReorder_MovesAndTakesItBack(t *testing.T) {
	in(t, newBackend(account("one"), account("two"), account("three")), func(d *driver) {
		d.press("J")
		d.lists("two", "one", "three")
		d.shows("one is now 2 of 3 · z undo", "2 of 3")
		d.press("J", "J") // there is no row below the last
		d.lists("two", "three", "one")
		d.press("K")
		d.lists("two", "one", "three")
		d.press("z", "z", "z")
		d.lists("one", "two", "three")
		d.press("z")
		if len(d.backend.reordered) != 6 {
			t.Errorf("%q", d.backend.reordered)
		}
	})
}

func TestReorder_OnlyWhereTheListShowsTheOrderThatCounts(t *testing.T) {
	in(t, newBackend(account("one"), account("two")), func(d *driver) {
		d.press("o", "J", "o", "o", "o", "o", "o", "/", "o", "enter", "J")
		if len(d.backend.reordered) > 0 {
			t.Errorf("%q", d.backend.reordered)
		}
		d.press("esc", "J")
		if len(d.backend.reordered) != 1 {
			t.Errorf("%q", d.backend.reordered)
		}
	})
}

func TestRename_IsTakenBack(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.press("z", "e", "s")
		d.backend.set(func(a []core.Account) []core.Account { a[0].Label = "works"; return a })
		d.press("enter")
		d.shows("Renamed: works · z undo")
		d.press("z", "z")
		want := [][2]string{{"id-work", "works"}, {"id-work", "work"}}
		if diff := cmp.Diff(want, d.backend.renamed); diff != "" {
			t.Error(diff)
		}
	})
}

func TestMarks_RefreshAndRemoveSeveral(t *testing.T) {
	in(t, newBackend(account("one"), account("two"), account("three"), dead(account("four"))), func(d *driver) {
		d.press("home", "space", "down", "space")
		d.shows("4 accounts · 2 marked", "refresh 2", "✓one", "✓three")
		d.hides("✓two")
		d.press("r")
		slices.Sort(d.backend.refreshed)
		if !slices.Equal(d.backend.refreshed, []string{"id-one", "id-three"}) {
			t.Errorf("refreshed %q", d.backend.refreshed)
		}
		d.shows("2 accounts up to date.")
		d.hides("marked")
		d.press("home", "space", "space", "esc")
		d.hides("marked")
		d.press("home", "space", "down", "down", "space", "d")
		d.shows("Remove these 2 accounts?", "one, four", "go on with the next account")
		d.backend.set(func(a []core.Account) []core.Account { return a[1:3] })
		d.send(repeated("y"))
		d.press("y")
		slices.Sort(d.backend.removed)
		if !slices.Equal(d.backend.removed, []string{"id-four", "id-one"}) {
			t.Errorf("removed %q", d.backend.removed)
		}
		d.shows("2 accounts removed.")
	})
}

func TestMarks_SayWhoFailed(t *testing.T) {
	in(t, newBackend(account("one"), account("two")), func(d *driver) {
		d.backend.err = fmt.Errorf("no network")
		d.press("space", "r")
		d.shows("! 0 of 1 account up to date. one: No network.", "1 marked")
	})
}

func TestCopy_OffersWhatThereIs(t *testing.T) {
	a := account("work")
	for key, want := range map[string]string{
		"i": a.ID, "l": "work", "p": "hermes-tui token " + a.ID, "u": a.BaseURL,
	} {
		in(t, newBackend(a), func(d *driver) {
			d.press("c")
			d.shows("Copy of “work”", "access token")
			d.press(key)
			if len(d.copied) != 1 || d.copied[0] != want {
				t.Errorf("%s copied %q, want %q", key, d.copied, want)
			}
			d.hides("Copy of")
		})
	}
	in(t, newBackend(a), func(d *driver) {
		d.press("c", "down", "up", "down", "enter")
		if len(d.copied) != 1 || d.copied[0] != "work" {
			t.Errorf("copied %q", d.copied)
		}
		d.press("c", "esc")
		d.hides("Copy of")
	})
}

func TestCopy_AccessTokenOnlyAfterASecondQuestion(t *testing.T) {
	b := newBackend(account("work"), dead(account("old")))
	b.token = core.Token{Access: secret.New("sk-very-secret")}
	in(t, b, func(d *driver) {
		for _, no := range []string{"n", "enter", "esc"} {
			d.press("home", "c", "t")
			d.shows("Copy the access token of “work”?", "expires, 14:14")
			d.press(no)
		}
		d.press("c", "t")
		d.send(repeated("y"))
		if len(d.copied) > 0 {
			t.Fatal("copied without being asked to")
		}
		d.press("y")
		if len(d.copied) != 1 || d.copied[0] != "sk-very-secret" {
			t.Errorf("copied %d texts", len(d.copied))
		}
		d.shows("Access token of work sent to the clipboard.")
		d.hides("sk-very")
		d.press("end", "c", "t", "y") // it has none
		if len(d.copied) != 1 {
			t.Error("a token of an account without one was copied")
		}
	})
}

func TestMouse_ClickSelectsAndTheWheelScrolls(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		click := func(y int) { d.send(tea.MouseClickMsg{X: 5, Y: y, Button: tea.MouseLeft}) }
		click(4)
		d.shows("work · MiniMax", "1 of 9")
		click(8)
		d.shows("someone.with.a.long", "4 of 9")
		for _, y := range []int{0, 3, 7, 17, 28} { // headings, and what is no row
			click(y)
			d.shows("4 of 9")
		}
		d.send(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
		d.shows("5 of 9")
		d.press("d")
		click(4)
		d.shows("Remove “personal”?")
		d.press("n", "m")
		d.shows("The mouse is the terminal's again")
		if d.m.View().MouseMode != tea.MouseModeNone {
			t.Error("the mouse is still taken")
		}
		d.press("m")
		if d.m.View().MouseMode != tea.MouseModeCellMotion {
			t.Error("the mouse is not taken again")
		}
	})
}

func TestAccounts_AreDrawnBeforeTheyWereRead(t *testing.T) {
	m := New(Options{Backend: newBackend(account("work")), Clock: fixed{}, NoColor: true})
	defer m.cancel()
	m.Update(windowSize(80, 24))
	text := m.View().Content
	if !strings.Contains(text, "hermes-tui") || strings.Contains(text, "No accounts yet") {
		t.Errorf("the first frame:\n%s", text)
	}
}

// TestWaking: nothing is known of the accounts for a while.
func TestWaking(t *testing.T) {
	var read chan struct{}
	in(t, newBackend(account("work")), func(d *driver) {
		d.shows("hermes-tui")
		d.hides("No accounts yet", "work", "Reading")
		d.wait(time.Second)
		d.shows("Reading the accounts.", "a add", "q quit")
		d.press("enter") // the menu is not there
		d.shows("Reading the accounts.")
		close(read)
		d.settle()
		d.shows("● ok", "work")
		d.hides("Reading")
	}, func(o *Options) {
		read = make(chan struct{})
		o.Recall = func() Memory { <-read; return Memory{} }
	})
}
