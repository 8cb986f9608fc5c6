package tui

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"

	"github.com/hermes-tui/hermes-tui/core"
	"github.com/hermes-tui/hermes-tui/core/clock"
	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/tui/say"
)

// many are accounts of every state, whose tokens and cool-downs end at
// different times: some end every second, and all are refreshed.
func many(n int) []core.Account {
	some := planned()
	accounts := make([]core.Account, n)
	for i := range accounts {
		a := some[i%len(some)]
		a.ID, a.Label = fmt.Sprint(i), fmt.Sprint(a.Label, " ", i)
		later := time.Duration(i%900) * time.Second
		a.ObtainedAt = a.ObtainedAt.Add(later)
		if !a.ExpiresAt.IsZero() {
			a.ExpiresAt = a.ExpiresAt.Add(later)
		}
		if !a.Cooldown.Until.IsZero() {
			a.Cooldown.Until = a.Cooldown.Until.Add(later)
		}
		if a.Plan != nil {
			plan := *a.Plan
			plan.Reading.Windows = slices.Clone(plan.Reading.Windows)
			for k := range plan.Reading.Windows {
				plan.Reading.Windows[k].Resets = plan.Reading.Windows[k].Resets.Add(later)
			}
			a.Plan = &plan
		}
		accounts[i] = a
	}
	return accounts
}

// stroke is one thing that makes a frame: a tick, or a key.
type stroke struct {
	name  string
	width int
	do    func(m *Model, c *clock.Fake, i int)
	open  func(m *Model, c *clock.Fake, b *fakeBackend) // what is shown; nil: the list
}

var strokes = []stroke{
	{"tick", 120, second, nil},
	{"tick, with the programs", 190, second, nil},
	{"key", 120, upAndDown, nil},
	{"page", 120, func(m *Model, _ *clock.Fake, i int) { m.Update(keyPress([]string{"pgdown", "pgup"}[i%2])) }, nil},
	{"key, in the pools", 120, upAndDown, typing("p")},
	{"key, in some of the pools", 120, upAndDown, typing("p", "/", "m", "i", "n", "i", "enter")},
	{"key, in the details", 120, upAndDown, typing("home", "enter")},
	{"key, in the palette", 120, upAndDown, typing(":")},
	{"key, all marked", 120, upAndDown, typing(markAll...)},
	{"key, about to remove all", 120, upAndDown, typing(append(markAll, "d")...)},
	{"key, in a filter", 120, func(m *Model, _ *clock.Fake, i int) { m.Update(keyPress([]string{"down", "up"}[i%2])) }, typing("/", "m", "i")},
	{"key, in the help", 120, upAndDown, typing("?")},
	{"key, all dead", 120, upAndDown, allDie},
	{"tick, all dead", 120, second, allDie},
}

var markAll = []string{":", "m", "a", "r", "k", "space", "e", "v", "e", "r", "y", "enter"}

func upAndDown(m *Model, _ *clock.Fake, i int) { m.Update(keyPress([]string{"j", "k"}[i%2])) }

func typing(keys ...string) func(*Model, *clock.Fake, *fakeBackend) {
	return func(m *Model, _ *clock.Fake, _ *fakeBackend) {
		for _, key := range keys {
			m.Update(keyPress(key))
		}
	}
}

// allDie opens the sheet that asks about all accounts.
func allDie(m *Model, c *clock.Fake, b *fakeBackend) {
	m.take(b.set(func(accounts []core.Account) []core.Account {
		for i := range accounts {
			accounts[i] = dead(accounts[i])
		}
		return accounts
	}))
	m.Update(tea.FocusMsg{})
	c.Advance(maxPause)
	m.Update(tea.FocusMsg{})
}

func second(m *Model, c *clock.Fake, _ int) {
	c.Advance(time.Second)
	m.Update(tickMsg{m.ticker.id})
}

// everyUse is a use of each of many accounts.
func everyUse(n int) []tally.Row {
	rows := make([]tally.Row, n)
	for i := range rows {
		rows[i] = servedAgo(0, fmt.Sprint(i), "claude-cli", tally.Counts{Requests: 7, Input: 900})
	}
	return rows
}

// cost is what frames have cost.
type cost struct {
	times []time.Duration
	bytes uint64 // of memory, of all of them
}

// compare draws frames of a list of 100 accounts and of one of 10,000 in turn,
// so that whatever else the machine does befalls both.
func compare(t testing.TB, s stroke, frames int) (few, lot cost) {
	both := []*cost{&few, &lot}
	models, clocks := make([]*Model, 2), make([]*clock.Fake, 2)
	for k, n := range []int{100, 10_000} {
		clocks[k] = clock.NewFake(noon)
		backend := newBackend(many(n)...)
		m := New(Options{Backend: backend, Clock: clocks[k], Theme: "dark", Profile: colorprofile.TrueColor, AutoRefresh: true})
		t.Cleanup(m.cancel)
		m.Update(windowSize(s.width, 40))
		m.Update(openedMsg{snap: backend.Snapshot()})
		if !strings.Contains(m.View().Content, "of "+say.Thousands(uint64(n))) {
			t.Fatal("the accounts are not drawn")
		}
		if s.width >= usedByFrom {
			rows := everyUse(n)
			m.Update(tallyMsg{watch: m.tallies.watch, last: lastUses(rows)})
			if !strings.Contains(m.View().Content, "claude-cli") {
				t.Fatal("the programs are not drawn")
			}
		}
		if s.open != nil {
			s.open(m, clocks[k], backend)
		}
		models[k] = m
	}
	var before, after runtime.MemStats
	for i := range frames {
		for k, m := range models {
			runtime.ReadMemStats(&before)
			began := time.Now()
			s.do(m, clocks[k], i)
			m.View()
			both[k].times = append(both[k].times, time.Since(began))
			runtime.ReadMemStats(&after)
			both[k].bytes += after.TotalAlloc - before.TotalAlloc
		}
	}
	slices.Sort(few.times)
	slices.Sort(lot.times)
	return few, lot
}

func (c cost) median() time.Duration { return c.times[len(c.times)/2] }

// BenchmarkFrame is the time from a tick or a key to the text of the frame, for
// 10,000 accounts, and its multiple of the time for 100.
func BenchmarkFrame(b *testing.B) {
	for _, s := range strokes {
		b.Run(s.name, func(b *testing.B) {
			few, lot := compare(b, s, max(b.N, 50))
			b.ReportMetric(float64(lot.median().Microseconds()), "µs/frame")
			b.ReportMetric(float64(lot.median())/float64(few.median()), "×100-accounts")
			b.ReportMetric(float64(lot.bytes)/float64(few.bytes), "×100-accounts-memory")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// TestFrame_CostsNoMoreWithManyAccounts: a frame looks at the accounts that it
// shows, and at no others.
func TestFrame_CostsNoMoreWithManyAccounts(t *testing.T) {
	for _, s := range strokes {
		few, lot := compare(t, s, 100)
		if ratio := float64(lot.bytes) / float64(few.bytes); ratio > 1.2 {
			t.Errorf("%s: with 10,000 accounts a frame takes %.2f times the memory of one with 100", s.name, ratio)
		}
	}
}
