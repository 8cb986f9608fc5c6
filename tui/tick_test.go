package tui

import (
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core"
)

func TestTick_NoneWhileNothingCounts(t *testing.T) {
	in(t, newBackend(), func(d *driver) {
		if !d.m.ticker.at.IsZero() {
			t.Errorf("the empty state ticks at %v", d.m.ticker.at)
		}
		d.press("a")
		d.wait(10 * time.Second)
		if d.ticks != 0 {
			t.Errorf("%d ticks on a menu", d.ticks)
		}
	})
}

func TestTick_EverySecondWhileSecondsAreShown(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.shows("in 12m 04s")
		d.wait(3 * time.Second)
		d.shows("in 12m 01s")
		if d.ticks != 3 {
			t.Errorf("%d ticks in 3 s", d.ticks)
		}
		d.press("?") // help counts nothing
		d.wait(5 * time.Second)
		if d.ticks > 4 {
			t.Errorf("%d ticks: help ticks", d.ticks)
		}
		d.press("esc")
		d.shows("in 11m 56s")
		d.wait(time.Second)
		d.shows("in 11m 55s")
	})
}

func TestTick_EveryMinuteWhileOnlyMinutesAreShown(t *testing.T) {
	a := account("work")
	a.ExpiresAt = noon.Add(51 * time.Hour)
	in(t, newBackend(a), func(d *driver) {
		d.shows("in 2d 3h", "just now")
		d.wait(6 * time.Minute)
		d.shows("in 2d 2h", "5m ago")
		if d.ticks != 6 {
			t.Errorf("%d ticks in 6 minutes", d.ticks)
		}
		d.press("r") // what is said goes after some seconds
		d.wait(toastTime + time.Second)
		if d.ticks < 11 {
			t.Errorf("%d ticks", d.ticks)
		}
	})
}

func TestTick_StaysOneWhenSecondsTakeTheMinutesPlace(t *testing.T) {
	far := account("far")
	far.ExpiresAt = noon.Add(51 * time.Hour)
	in(t, newBackend(far), func(d *driver) {
		d.change(func(a []core.Account) []core.Account { return append(a, account("near")) })
		d.wait(time.Minute) // the tick that was awaited first has come by then, too late
		before := d.ticks
		d.wait(10 * time.Second)
		if n := d.ticks - before; n != 10 {
			t.Errorf("%d ticks in 10 s", n)
		}
	})
}

func TestTick_StopsWithTheLastAccount(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.change(func([]core.Account) []core.Account { return nil })
		d.wait(3 * time.Second)
		n := d.ticks
		d.wait(time.Minute)
		if d.ticks != n {
			t.Errorf("%d ticks on the empty state", d.ticks-n)
		}
	})
}

func TestTime_CrossesEveryStateOfAToken(t *testing.T) {
	in(t, newBackend(account("work")), func(d *driver) {
		d.shows("● ok")
		d.wait(11*time.Minute + 5*time.Second)
		d.shows("• expiring", "in 59s")
		d.wait(time.Minute)
		d.shows("○ expired", "just now")
	}, func(o *Options) { o.AutoRefresh = false })
}

func TestTick_LooksAtTheRowsThatAreAboutToBeShown(t *testing.T) {
	far := func(label string) core.Account {
		a := account(label)
		a.ExpiresAt = noon.Add(51 * time.Hour)
		return a
	}
	all := []core.Account{far("one"), far("two"), far("three"), far("four"), far("five"), far("six"), far("seven"), account("near")}
	in(t, newBackend(all...), func(d *driver) {
		d.send(windowSize(60, 12))
		d.hides("near")
		d.wait(time.Minute)
		d.send(windowSize(60, 30)) // brings the last row
		d.shows("near", "in 11m 04s")
		d.wait(2 * time.Second)
		d.shows("in 11m 02s")
	})
	in(t, newBackend(all...), func(d *driver) {
		d.send(windowSize(60, 12))
		d.press("end")
		d.shows("in 12m 04s")
		d.wait(2 * time.Second)
		d.shows("in 12m 02s")
	})
}
