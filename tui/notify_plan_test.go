package tui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/pool"
	"github.com/hermes-tui/hermes-tui/core/usage"
)

// used says that so much of five hours is used.
func used(id string, percent float64) usage.News {
	level := usage.Tightening
	if percent >= usage.Tight {
		level = usage.Tight
	}
	return usage.News{Account: id, Level: level, Window: &usage.Window{Name: "5h", Used: &percent}}
}

// still is a change of nothing that is shown.
func still(accounts []core.Account) []core.Account { return accounts }

// TestNotify_Plans: what is new of the plans is told beside all the rest, and only what
// has come to be so since the window opened.
func TestNotify_Plans(t *testing.T) {
	work, spare := account("work"), account("spare")
	room := func(id string) usage.News { return usage.News{Account: id} }
	for name, c := range map[string]struct {
		news   []usage.News
		change func([]core.Account) []core.Account
		want   string
	}{
		"none":       {nil, still, ""},
		"one":        {[]usage.News{used(work.ID, 76)}, still, "work has used 76 % of 5h"},
		"nearly all": {[]usage.News{used(work.ID, 99.9)}, still, "work has used 99 % of 5h"},
		"room":       {[]usage.News{room(spare.ID)}, still, "spare has room again"},
		"several":    {[]usage.News{used(work.ID, 76), used(spare.ID, 92)}, still, "2 accounts have used 75 % or more of a window"},
		"both":       {[]usage.News{used(work.ID, 76), room(spare.ID)}, still, "work has used 76 % of 5h, and spare has room again"},
		"more":       {[]usage.News{room(work.ID), room(spare.ID)}, still, "2 accounts have room again"},
		"a sign-in":  {[]usage.News{room(spare.ID)}, turn("work"), "work needs you to sign in again\x07\x1b]9;spare has room again"},
	} {
		b := newBackend(work, spare)
		b.news = []usage.News{used(work.ID, 80)} // when the window opens
		in(t, b, func(d *driver) {
			if got := strings.Join(d.raw, ""); got != "" {
				t.Errorf("%s: told when the window opened: %q", name, got)
			}
			b.mu.Lock()
			b.news = slices.Clone(c.news)
			b.mu.Unlock()
			d.change(c.change)
			d.change(still)
			want := ""
			if c.want != "" {
				want = "\x1b]9;" + c.want + "\x07"
			}
			if got := strings.Join(d.raw, ""); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}, notify("osc9"))
	}
}

// TestNotify_PlansAreNotAskedForUnbidden: what is asked for counts as told.
func TestNotify_PlansAreNotAskedForUnbidden(t *testing.T) {
	for _, ways := range [][]string{nil, {"progress", "status"}} {
		b := newBackend(account("work"))
		in(t, b, func(d *driver) {
			d.change(still)
			if b.newsAsked != 0 {
				t.Errorf("%v: asked %d times", ways, b.newsAsked)
			}
		}, notify(ways...))
	}
}

// TestNotify_RoomByTimeAlone: nothing is written when the time of a used-up account is
// over, and the person is told all the same.
func TestNotify_RoomByTimeAlone(t *testing.T) {
	work := account("work")
	work.Cooldown = pool.Cooldown{At: noon, Until: noon.Add(time.Minute), Named: true, Means: pool.Quota, Status: 429}
	b := newBackend(work)
	in(t, b, func(d *driver) {
		b.mu.Lock()
		b.news = []usage.News{{Account: work.ID}}
		asked := b.newsAsked
		b.mu.Unlock()
		d.wait(2 * time.Second)
		if b.newsAsked != asked {
			t.Errorf("asked %d times with nothing new", b.newsAsked)
		}
		d.wait(time.Minute)
		if got, want := strings.Join(d.raw, ""), "\x1b]9;work has room again\x07"; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}, notify("osc9"))
}
