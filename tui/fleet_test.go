package tui

import (
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/autherr"
	"github.com/hermes-tui/hermes-tui/core/fleet"
	"github.com/hermes-tui/hermes-tui/core/fleet/roster"
	"github.com/hermes-tui/hermes-tui/core/hermes"
	fleethost "github.com/hermes-tui/hermes-tui/core/host"
)

// prod is a fleet of seven hosts, seen from desk-2 with nothing wrong.
func prod() fleethost.Sight {
	there := func(up, skew time.Duration) fleet.Presence {
		return fleet.Presence{Version: "v0.9.0", Boot: "b", Since: noon.Add(skew - up), At: noon.Add(skew), Epoch: 3, Skew: skew, Timed: true}
	}
	s := fleethost.Sight{Fleet: "prod", Host: "desk-2", Epoch: 3}
	s.Link.Up = true
	s.Accounts = map[string]fleet.Standing{
		"id-work":      {By: "builder-1", At: noon.Add(-3 * time.Minute), Sealed: 3},
		"id-personal":  {By: "desk-2", At: noon.Add(-14 * time.Minute), Working: "laptop", Sealed: 3},
		"id-team-nous": {By: "builder-1", At: noon.Add(-40 * time.Minute), Sealed: 2},
		"id-spare":     {By: "laptop", At: noon.Add(-5 * time.Hour), Sealed: 3},
	}
	old := there(40*24*time.Hour, 2*time.Minute+10*time.Second)
	old.Version, old.Epoch = "v0.8.2", 2
	s.Seats = append(s.Seats, []fleethost.Seat{
		{Member: roster.Member{Name: "desk-1"}},
		{Member: roster.Member{Name: "desk-2"}, Alive: true, Presence: there(3*time.Hour, 0), LastAt: noon.Add(-14 * time.Minute), LastAccount: "id-personal"},
		{Member: roster.Member{Name: "laptop"}, Alive: true, Presence: there(12*time.Minute, -7*time.Second), LastAt: noon.Add(-5 * time.Hour), LastAccount: "id-spare"},
		{Member: roster.Member{Name: "builder-1"}, Alive: true, Presence: old, LastAt: noon.Add(-3 * time.Minute), LastAccount: "id-work"},
		{Member: roster.Member{Name: "builder-2"}, Gone: noon.Add(-4 * time.Minute)},
		{Member: roster.Member{Name: "pod-0"}, Alive: true, Presence: fleet.Presence{Odd: true}},
		{Member: roster.Member{Name: "ci", Role: roster.Reader}, Alive: true},
	}...)
	return s
}

// inFleet has the window see a fleet.
func inFleet(b *fakeBackend, sights ...fleethost.Sight) *fakeBackend {
	b.fleet = sights
	return b
}

func away(s fleethost.Sight) fleethost.Sight {
	s.Link = fleet.Link{Since: noon, Err: &autherr.Error{Code: autherr.CodeFleetAway, Message: "the store does not answer"}}
	return s
}

// sight is another sight of the fleet.
func (d *driver) sight(s fleethost.Sight) {
	d.backend.sights <- s
	d.settle()
}

// The header names the fleet as long as there is room, and what goes to make room is
// not the keystore.
func TestFleet_Header(t *testing.T) {
	in(t, inFleet(newBackend(account("work"), dead(account("old"))), prod()), func(d *driver) {
		for _, tt := range []struct {
			width int
			want  string
		}{
			{100, "  hermes-tui   fleet prod · 7 hosts   2 accounts · 1 needs sign-in          keyring: Secret Service"},
			{80, "  hermes-tui   fleet prod · 7 hosts   2 accounts · 1 needs sign-in      keyring"},
			{60, "  hermes-tui   prod · 7   2 · 1 needs sign-in       keyring"},
			{50, "  prod · 7   2 · 1 needs sign-in          keyring"},
			{40, "  2 · 1 needs sign-in           keyring"},
		} {
			d.send(windowSize(tt.width, 24))
			d.shows(tt.want)
		}
	})
}

// Where there is no fleet, no key and no column is there for one.
func TestFleet_None(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		d.send(windowSize(180, 40))
		before := d.text()
		d.press("f")
		if d.hides("HOST", "fleet"); d.text() != before {
			t.Errorf("f does something:\n%s", d.text())
		}
	})
}

// On a reader the header and the page are there, and no column: it is not told who
// refreshes. What the owners refresh is what it can serve while the store is away.
func TestFleet_Reader(t *testing.T) {
	s := prod()
	s.Host, s.Reader, s.Accounts = "ci", true, nil
	lent := account("work")
	lent.Lend()
	in(t, inFleet(newBackend(lent), s), func(d *driver) {
		d.send(windowSize(112, 30))
		d.shows("fleet prod · 7 hosts", "f hosts")
		d.hides("HOST")
		d.press("f")
		d.shows("ci (here)", "watching")
		d.press("esc")
		d.sight(away(s))
		d.shows("Store not reachable; good for ", "No newer tokens until it answers.")
		d.hides("sign-in or removal")
	})
}

// The column says who refreshed last, and who is at it, and comes and goes with the
// fleet's changes.
func TestFleet_Column(t *testing.T) {
	in(t, inFleet(newBackend(nine()...), prod()), func(d *driver) {
		d.send(windowSize(112, 30))
		d.press("home")
		d.shows("HOST", "» laptop", "builder-1")
		s := prod()
		s.Accounts["id-personal"] = fleet.Standing{By: "laptop"}
		d.sight(s)
		d.hides("» laptop")
		d.shows("on builder-1") // in the card
	})
}

func TestFleet_HostsPage(t *testing.T) {
	in(t, inFleet(newBackend(nine()...), prod()), func(d *driver) {
		d.press("home", "f")
		d.shows("Fleet › prod", "7 hosts · epoch 3", "desk-2 (here)", "watching, 3h", "7s behind", "2m 10s ahead", "2 old", "left 4m ago",
			"record damaged", "ci (reader)", "work, 3m ago", "» personal", "1 account has tokens that a host may know which is gone")
		s := prod()
		s.Seats[2].Timed, s.Seats[3].Timed = false, false
		d.sight(s) // a clock of which nothing is known
		d.shows("laptop", "builder-1")
		d.hides("behind", "ahead")
		s = prod()
		s.Seats = s.Seats[:2]
		d.sight(s) // it is live
		d.shows("2 hosts")
		d.hides("builder")
		s = prod()
		s.Host, s.Seats[0].Name = "a-build-machine", "a-build-machine"
		d.sight(s)
		d.send(windowSize(60, 16))
		d.shows("… (here)")
		d.press("q")
		d.shows("ACCOUNT")
	})
}

// While the store is away the window says how long what is here holds, counts it down,
// and offers nothing that cannot be done; each key says why.
func TestFleet_Away(t *testing.T) {
	short := account("short")
	short.ExpiresAt = noon.Add(3*time.Minute + 12*time.Second)
	borrowed := account("borrowed")
	borrowed.Owner = "hermes-agent"
	in(t, inFleet(newBackend(short, account("work"), dead(account("old")), borrowed), prod()), func(d *driver) {
		d.press("home")
		d.shows("r refresh", "a add")
		d.sight(away(prod()))
		d.shows("Store not reachable; good for 3m 12s. No refresh, sign-in or removal until it answers.", "Good for 3m 12s, until 14:05.")
		d.wait(2 * time.Second)
		d.shows("good for 3m 10s")
		d.hides("r refresh", "a add")
		for _, key := range []string{"r", "d", "a"} {
			d.press(key)
			d.shows("The fleet's store is not reachable: nothing is refreshed, signed in or removed until it answers.")
			d.wait(toastTime)
		}
		d.press("e")
		d.shows("The fleet's store is not reachable: nothing is renamed until it answers.")
		d.on("old")
		d.hides("sign in again;")
		d.shows("enter details")
		if len(d.backend.refreshed)+len(d.backend.removed)+len(d.backend.signIns) != 0 {
			t.Error("something was begun")
		}
		d.on("short")
		d.press("c") // what needs no store
		d.shows("Copy")
		d.press("esc", "f")
		d.shows("not known", "Store not reachable; good for")
		d.press("esc")
		d.sight(prod())
		d.hides("not reachable")
		d.shows("r refresh", "a add")
	})
}

// A label that is being written when the store goes away stays as it is written; and
// nothing is imported, be it asked for before or then.
func TestFleet_AwayInTheMiddle(t *testing.T) {
	in(t, inFleet(newBackend(account("work")), prod()), func(d *driver) {
		d.press("home", "e", "2")
		d.sight(away(prod()))
		d.press("enter")
		d.shows("nothing is renamed until it answers", "work2", "leave it as it was")
		if len(d.backend.renamed) > 0 {
			t.Errorf("renamed: %v", d.backend.renamed)
		}
		d.sight(prod())
		d.press("enter")
		if len(d.backend.renamed) != 1 {
			t.Error("not renamed once the store is back")
		}
	})
	from := foundIn(&core.ImportPlan{Rows: []core.ImportRow{{Number: 1, Where: "tokens", Provider: "openai-codex", ProviderName: "OpenAI Codex", Verdict: hermes.New}}}).fakeImporter
	in(t, inFleet(newBackend(account("work")), prod()), func(d *driver) {
		d.press("i")
		d.sight(away(prod()))
		d.press("enter")
		d.shows("nothing is imported until it answers")
		d.press("esc", "i")
		d.shows("nothing is imported until it answers")
		d.hides("i import")
	}, func(o *Options) { o.Importer = from })
}

// A low window has no line for it: the header says it.
func TestFleet_AwayInALowWindow(t *testing.T) {
	in(t, inFleet(newBackend(nine()...), away(prod())), func(d *driver) {
		d.send(windowSize(60, 16))
		d.shows("store not reachable; 48s", "keyring")
	})
}

// Nothing that has no end is counted down.
func TestFleet_AwayWithoutAnEnd(t *testing.T) {
	key := account("key")
	key.AuthType, key.ExpiresAt = "api_key", time.Time{}
	ended := account("ended")
	ended.ExpiresAt = noon.Add(-time.Minute)
	for want, all := range map[string][]core.Account{
		"Store not reachable; tokens are served meanwhile.": {key},
		"Store not reachable; the tokens here have ended.":  {key, ended},
	} {
		in(t, inFleet(newBackend(all...), away(prod())), func(d *driver) { d.shows(want) })
	}
}

func TestFleet_RestoredAndRemoved(t *testing.T) {
	in(t, inFleet(newBackend(account("work")), prod()), func(d *driver) {
		s := prod()
		s.Restored, s.Finder = &roster.Restored{At: noon.Add(-time.Minute)}, "builder-1"
		d.sight(s)
		d.shows("The fleet's store was restored from a backup, as builder-1 found at 14:01.")
		d.press("r")
		d.shows("nothing is refreshed, signed in or removed before")
		s = prod()
		s.Removed = true
		d.sight(s)
		d.wait(toastTime)
		d.shows("This host was removed from the fleet prod.", "fleet leave")
	})
}

// What the fleet has not written is said for as long as it stands there.
func TestFleet_WhatTheFleetHasNotWritten(t *testing.T) {
	k, sight := &known{}, fleethost.Sight{}
	sight.Accounts = map[string]fleet.Standing{"a1": {Damaged: true}, "b2": {}}
	k.fleet = fleetSight{true, sight.Damaged(), sight}
	text, act := ofFleet(k).notice()
	if !act || !strings.Contains(text, "The record of a1 in the fleet's store was not written by any of its hosts") || k.fleet.stopped() || !k.fleet.speaks() {
		t.Errorf("%q, %v", text, act)
	}
	sight.Accounts["b2"] = fleet.Standing{Damaged: true}
	k.fleet.wrong = sight.Damaged()
	if text, _ := ofFleet(k).notice(); !strings.Contains(text, "The record of 2 accounts in") {
		t.Errorf("%q", text)
	}
}
