package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/tally"
)

// The sheet says first what it means for programs.
func TestSheet_SaysTheConsequenceFirst(t *testing.T) {
	in(t, newBackend(account("work"), account("personal")), func(d *driver) {
		d.change(turn("work"))
		d.shows("personal serves in its place.")
		d.change(turn("personal"))
		d.shows("2 accounts need", "Nobody serves MiniMax now.")
	})
	refused := tally.Counts{Refused: 3}
	in(t, newBackend(account("work")).serving([]tally.Row{
		servedAgo(0, "id-work", "claude-code", refused), servedAgo(5*tally.SlotLength, "id-work", "codex", refused),
	}), func(d *driver) {
		d.change(turn("work"))
		d.shows("Nobody serves MiniMax now: claude-code has been refused, counted from 14:00.")
		d.hides("codex")
		d.serves(servedAgo(0, "id-work", "claude-code", refused), servedAgo(0, "id-work", "codex", refused))
		d.shows("claude-code and codex have been refused, counted")
		d.change(func(a []core.Account) []core.Account { // before these twenty minutes
			note := *a[0].Marker
			note.At = noon.Truncate(tally.SlotLength).Add(-time.Minute)
			a[0].Marker = &note
			return a
		})
		d.shows("claude-code and codex have been refused since", "13:59.")
		d.wait(maxPause)
		d.press("esc")
		if d.backend.tallyCtxs[0].Err() == nil {
			t.Error("who uses what is watched still")
		}
	})
}

// Each pool is spoken of once, with all programs that were refused by any of its accounts
// since the earliest of them ended; what is counted of the twenty minutes in which that was
// may be from before, so that it says from when on is counted.
func TestSheet_SaysTheConsequenceOfEachPoolOnce(t *testing.T) {
	nous := account("portal in its place.")
	nous.Provider, nous.ProviderName = "nous", "Nous Portal"
	spare := nous
	spare.ID, spare.Label = "id-spare", "spare"
	refused := tally.Counts{Refused: 3}
	rows := []tally.Row{
		servedAgo(3*tally.SlotLength, "id-one", "before", refused),
		servedAgo(tally.SlotLength, "id-one", "aider", refused),
		servedAgo(0, "id-two", "codex", refused),
		servedAgo(0, "id-two", "fine", tally.Counts{Requests: 9}),
	}
	in(t, newBackend(account("one"), account("two"), nous, spare).serving(rows), func(d *driver) {
		d.change(turn("one", "two", nous.Label))
		d.shows("3 accounts need")
		d.change(func(a []core.Account) []core.Account {
			note := *a[0].Marker
			note.At = noon.Add(-10 * time.Minute)
			a[0].Marker = &note
			return a
		})
		d.shows("Nobody serves MiniMax now: aider and codex have been refused, counted from", "13:40.", "spare serves for Nous Portal.")
		if n := strings.Count(d.text(), "Nobody serves"); n != 1 {
			t.Errorf("MiniMax is spoken of %d times:\n%s", n, d.text())
		}
		d.hides("before", "fine")
	})
}

// Several accounts stand in the order of the list; each can be skipped, and ? explains
// the one under the cursor.
func TestSheet_SeveralAreGoneThroughInTheirOrder(t *testing.T) {
	in(t, newBackend(account("one"), account("two"), account("three")), func(d *driver) {
		d.change(turn("three"))
		d.change(turn("one"))
		d.change(turn("two"))
		s := d.m.accounts.sheet.(*signInSheet)
		if s.ids[0] != "id-one" || s.ids[2] != "id-three" || s.ids[s.cursor] != "id-three" {
			t.Fatalf("asks about %q, at %d", s.ids, s.cursor)
		}
		d.wait(maxPause)
		d.press("k", "s")
		d.shows("2 accounts need")
		d.press("?")
		d.shows("three: MiniMax")
		d.hides("one: MiniMax")
		d.press("esc", "enter")
		if got := d.backend.signIns; len(got) != 1 || got[0].Account != "id-three" {
			t.Errorf("signed in to %+v", got)
		}
		d.press("esc")
		d.shows("one needs you to sign in again")
	})
}
