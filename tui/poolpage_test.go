package tui

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/record"
)

func TestPool_SaysWhoServesNextAndWhyOthersDoNot(t *testing.T) {
	tired := account("tired")
	tired.Cooldown = pool.Cooldown{At: noon, Until: noon.Add(41 * time.Minute), Named: true, Status: 429}
	in(t, newBackend(tired, account("work"), account("spare"), dead(account("old"))), func(d *driver) {
		d.press("p")
		d.shows("Pool › who serves next", "1 pool", "fill first: the first that can serve",
			"resets in 41m 00s: too many requests", "serves next", "ready", "skipped: needs sign-in", "1,284 requests")
		d.wait(time.Second)
		d.shows("resets in 40m 59s")
		d.press("home")
		d.backend.set(func(a []core.Account) []core.Account { a[0].Cooldown = pool.Cooldown{}; return a })
		d.press("x")
		d.shows("tired serves again.")
		d.hides("resets")
	})
}

func TestPool_StrategyIsChangedAndTakenBack(t *testing.T) {
	in(t, newBackend(account("one"), account("two")), func(d *driver) {
		d.press("p", "s")
		d.shows("round robin: the one whose last turn is longest ago")
		d.press("s")
		d.shows("random: any that can serve", "any of these serves next")
		d.press("q", "z")
		d.shows("MiniMax: round robin again.")
		d.press("z", "p")
		d.shows("fill first")
	})
}

// J and K move an account among those of its pool, past the ones of others.
func TestPool_ReordersWithinAPool(t *testing.T) {
	other := account("other")
	other.Provider, other.ProviderName = "nous", "Nous Portal"
	in(t, newBackend(account("one"), other, account("two")), func(d *driver) {
		d.press("p", "J")
		d.shows("one is now 2 of 2 in MiniMax · z undo")
		if got := d.backend.reordered; len(got) != 1 || got[0] != "id-one to 2" {
			t.Errorf("reordered %q", got)
		}
		d.press("J") // there is nothing below
		d.press("z")
		d.shows("one is now 1 of 2 in MiniMax")
		d.press("down", "down", "J", "K")
		if got := d.backend.reordered; len(got) != 2 || got[1] != "id-one to 0" {
			t.Errorf("reordered %q: a pool of one was reordered", got)
		}
	})
}

func TestPool_MovesThroughAccountsAndOpensThem(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		d.press("home", "p", "down", "enter")
		d.shows("accounts › old-laptop")
		d.press("esc", "esc")
		d.shows("old-laptop · MiniMax")
		d.press("p")
		for range 20 {
			d.press("down")
		}
		d.press("enter")
		d.shows("accounts › ci-bot")
	})
}

// What a filter finds by its state comes and goes with that: by time alone, by what others
// do, and by a sign-in of this window.
func TestPool_AFilterFollowsTheStates(t *testing.T) {
	tired := account("tired")
	tired.Cooldown = pool.Cooldown{At: noon, Until: noon.Add(time.Minute), Named: true, Status: 429}
	filtered := func(d *driver, text string) {
		d.press("p", "/")
		for _, r := range text {
			d.press(string(r))
		}
		d.press("enter")
	}
	in(t, newBackend(tired, account("work")), func(d *driver) {
		filtered(d, "cooling")
		d.shows("tired")
		d.hides("work")
		d.wait(time.Minute)
		d.shows("No account matches")
		d.change(func(a []core.Account) []core.Account {
			a[1].Cooldown = pool.Cooldown{At: noon, Until: noon.Add(time.Hour), Named: true, Status: 429}
			return a
		})
		d.shows("work")
	})
	brief := account("brief")
	brief.ExpiresAt = noon.Add(time.Minute)
	in(t, newBackend(brief, account("work")), func(d *driver) {
		filtered(d, "expired")
		d.shows("No account matches")
		d.wait(time.Minute)
		d.shows("brief")
	})
	in(t, newBackend(dead(account("old")), account("work")), func(d *driver) {
		d.on("old")
		d.press("enter")
		d.event(0, code())
		d.press("b")
		filtered(d, "signing")
		d.shows("old")
		d.event(0, core.SignInFailed{Err: &autherr.Error{Code: autherr.CodeTimeout, Message: "the code expired"}})
		d.shows("No account matches")
	})
}

func TestEvents_AreListedNewestFirst(t *testing.T) {
	b := newBackend(account("work"), account("other"))
	b.history = map[string][]record.Event{"id-work": {
		{At: noon.AddDate(0, 0, -17), Kind: record.EventSignedIn, Program: "login"},
		{At: noon.Add(-3 * time.Minute), Kind: record.EventRefreshed, Program: "token", Spent: "aaaa", Got: "bbbb", Expires: noon.Add(12 * time.Minute)},
		{At: noon.Add(-time.Minute), Kind: record.EventFailed, Message: "no network\x1b[2J"},
	}}
	in(t, b, func(d *driver) {
		d.shows("14:01:14     refresh failed", "no network", "3 May        signed in", "good for 15m · token · aaaa → bbbb")
		d.press("enter")
		d.shows("what happened", "14:01:14", "13:59:14")
		d.press("esc", "down")
		d.hides("aaaa")
		d.send(windowSize(80, 24)) // less room, and still some
		d.press("up")
		d.shows("14:01:14     refresh failed")
	})
}
