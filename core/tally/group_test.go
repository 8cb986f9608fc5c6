package tally

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestGroups(t *testing.T) {
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 5, day, hour, minute, 0, 0, time.UTC) }
	rows := []Row{
		{Slot: at(19, 21, 40), Use: Use{"a1", "claude-cli", "m1"}, Counts: Counts{Requests: 1, Input: 5, Output: 5}},
		{Slot: at(19, 22, 0), Use: Use{"a2", "codex", "m2"}, Counts: Counts{Requests: 9, Refused: 2, Input: 90, CacheRead: 900, Output: 10}},
		{Slot: at(20, 1, 20), Use: Use{"a1", "codex", "m1"}, Counts: Counts{Requests: 3, Unknown: 3}},
		{Slot: at(20, 1, 40), Use: Use{"a3", "", ""}, Counts: Counts{Requests: 4, Unknown: 4}},
	}
	east := time.FixedZone("east", 2*3600)
	for name, c := range map[string]struct {
		of   func(Row) string
		want string
	}{
		"account": {func(r Row) string { return r.Account }, "[a2 9 1000] [a1 4 10] [a3 4 0]"},
		"program": {func(r Row) string { return r.Program }, "[codex 12 1000] [claude-cli 1 10] [ 4 0]"},
		"model":   {func(r Row) string { return r.Model }, "[m2 9 1000] [m1 4 10] [ 4 0]"},
		"day":     {func(r Row) string { return r.Day(east).Format("02") }, "[20 16 1000] [19 1 10]"},
		"hour":    {func(r Row) string { return r.Hour(east).Format("02T15:04") }, "[20T00:00 9 1000] [19T23:00 1 10] [20T03:00 7 0]"},
		"both":    {func(r Row) string { return r.Account + r.Program }, "[a2codex 9 1000] [a1claude-cli 1 10] [a3 4 0] [a1codex 3 0]"},
	} {
		got := ""
		for i, g := range Groups(rows, c.of) {
			if i > 0 {
				got += " "
			}
			got += fmt.Sprintf("[%s %d %d]", g.Of, g.Requests, g.Tokens())
		}
		if got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// However rows are summed up, nothing is lost, and the order is that of use.
func TestGroups_TheWholeIsItsParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Max(2 * maxCount)
		rows := rapid.SliceOf(rapid.Custom(func(t *rapid.T) Row {
			name := rapid.SampledFrom([]string{"", "a", "b", "c"})
			return Row{Slot: noon.Add(time.Duration(rapid.IntRange(0, 99).Draw(t, "slot")) * SlotLength), Use: Use{name.Draw(t, "a"), name.Draw(t, "p"), name.Draw(t, "m")},
				Counts: Counts{n.Draw(t, "n"), n.Draw(t, "n"), n.Draw(t, "n"), n.Draw(t, "n"), n.Draw(t, "n"), n.Draw(t, "n"), n.Draw(t, "n"), n.Draw(t, "n"), n.Draw(t, "n"), n.Draw(t, "n"), n.Draw(t, "n")}}
		})).Draw(t, "rows")
		of := rapid.SampledFrom([]func(Row) string{
			func(r Row) string { return r.Account }, func(r Row) string { return r.Program + "/" + r.Model }, func(r Row) string { return r.Day(time.UTC).String() },
		}).Draw(t, "of")
		var all Counts
		groups := Groups(rows, of)
		for i, g := range groups {
			all = all.Plus(g.Counts)
			if g.Requests > maxCount || g.Output > maxCount {
				t.Errorf("%+v", g)
			}
			if i > 0 && g.Tokens() > groups[i-1].Tokens() {
				t.Error("out of order")
			}
		}
		if all != Sum(rows) {
			t.Errorf("%+v, want %+v", all, Sum(rows))
		}
	})
}

// A row is of a time where some of its twenty minutes are.
func TestRow_Since(t *testing.T) {
	r := Row{Slot: noon}
	for since, want := range map[time.Time]bool{
		noon.Add(-time.Hour): true, noon: true, noon.Add(SlotLength - 1): true, noon.Add(SlotLength): false, noon.Add(time.Hour): false,
	} {
		if r.Since(since) != want {
			t.Errorf("since %s: %v", since, !want)
		}
	}
}

func TestWait(t *testing.T) {
	for d, want := range map[time.Duration]Counts{
		-time.Hour: {}, 0: {}, 99 * time.Millisecond: {}, 100 * time.Millisecond: {Waited: 1, WaitedMS: 100}, 2 * time.Second: {Waited: 1, WaitedMS: 2000},
	} {
		if got := Wait(d); got != want || got.WaitedFor() != time.Duration(want.WaitedMS)*time.Millisecond {
			t.Errorf("%s: %+v", d, got)
		}
	}
}
