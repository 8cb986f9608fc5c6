package tui

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hermes-tui/hermes-tui/core/tally"
	"github.com/hermes-tui/hermes-tui/tui/cells"
	"github.com/hermes-tui/hermes-tui/tui/widget"
)

// servedAgo is what was counted a while ago.
func servedAgo(ago time.Duration, account, program string, n tally.Counts) tally.Row {
	return tally.Row{Slot: noon.Add(-ago).Truncate(tally.SlotLength), Use: tally.Use{Account: account, Program: program, Model: "MiniMax-M2"}, Counts: n}
}

// served are counts of some of the nine accounts, over the last day.
func served() []tally.Row {
	rows := []tally.Row{
		servedAgo(20*time.Hour, "id-work", "claude-cli", tally.Counts{Requests: 40, Input: 81_000, Output: 9_000}), // yesterday
		servedAgo(9*time.Hour, "id-work", "claude-cli", tally.Counts{Requests: 310, Refused: 12, Input: 2_100_000, CacheRead: 1_000_000, Output: 410_000}),
		servedAgo(9*time.Hour, "id-team-nous", "codex", tally.Counts{Requests: 7, Input: 900, Output: 90}),
		servedAgo(3*time.Hour, "id-gone", "", tally.Counts{Requests: 3, Unknown: 3}),
	}
	for i := range 6 {
		rows = append(rows, servedAgo(time.Duration(6-i)*20*time.Minute, "id-work", "claude-cli", tally.Counts{Requests: uint64(20 + 9*i), Input: 20_000, Output: 3_400}))
	}
	return append(rows,
		servedAgo(30*time.Minute, "id-team-nous", "codex", tally.Counts{Refused: 2}),
		servedAgo(30*time.Minute, "id-team-nous", "nightly.py", tally.Counts{Handed: 9}),
		servedAgo(20*time.Minute, "id-北京团队", "qwen-code", tally.Counts{Requests: 1041, Refused: 2, Input: 12_345, CacheRead: 8_111, Output: 4_100}),
		servedAgo(0, "id-work", "hermes-agent", tally.Counts{Requests: 12, Unknown: 2, Input: 1_500, Output: 700}))
}

// serves is another reading of the watch under way.
func (d *driver) serves(rows ...tally.Row) {
	d.backend.tallies[len(d.backend.tallies)-1] <- rows
	d.settle()
}

func TestTop(t *testing.T) {
	in(t, newBackend(nine()...).serving(served()), func(d *driver) {
		d.press("home", "t")
		d.shows("Top › who uses what", "most in the last hour first", "LAST HOUR", "TODAY")
		var order []string
		for _, line := range strings.Split(d.text(), "\n")[5:11] {
			order = append(order, strings.Join(strings.Fields(line)[:2], " "))
		}
		if got, want := strings.Join(order, ", "), "all 1.2k, work claude-cli, 北京团队 qwen-code, work hermes-agent, team-nous codex, id-gone not"; got != want {
			t.Errorf("the rows are %s, want %s:\n%s", got, want, d.text())
		}
		d.shows("Of 2 requests in the last hour the tokens were not told")
		d.hides("nightly.py") // which sends its requests itself
		d.press("o")
		d.shows("most today first", "Of 5 requests today the tokens were not told")
		d.press("t")
		d.shows("Top ›") // nothing is opened twice
		d.press("left")
		d.shows("LEFT")
		d.press("p", "t")
		d.shows("Top ›")
		d.press("q")
		d.shows("Pool ›")
	})
}

// TestTop_Spans: what counts for the last hour and for today, with a midnight in
// between and a place that is not UTC.
func TestTop_Spans(t *testing.T) {
	n := tally.Counts{Requests: 1}
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 5, day, hour, minute, 0, 0, time.UTC) }
	nepal := time.FixedZone("", 5*3600+45*60)
	for name, c := range map[string]struct {
		slot, now   time.Time
		in          *time.Location
		hour, today bool
	}{
		"now":                              {at(20, 14, 0), at(20, 14, 2), time.UTC, true, true},
		"the slot in which the hour began": {at(20, 13, 0), at(20, 14, 2), time.UTC, true, true},
		"the one before":                   {at(20, 12, 40), at(20, 14, 2), time.UTC, false, true},
		"before midnight":                  {at(19, 23, 40), at(20, 0, 10), time.UTC, true, false},
		"yesterday":                        {at(19, 14, 40), at(20, 14, 2), time.UTC, false, false},
		"after midnight, there":            {at(19, 18, 20), at(20, 14, 2), nepal, false, true},
		"before midnight, there":           {at(19, 18, 0), at(20, 14, 2), nepal, false, false},
	} {
		row := tally.Row{Slot: c.slot, Use: tally.Use{Account: "a"}, Counts: n}
		if got := lastHour.has(row, c.now, c.in); got != c.hour {
			t.Errorf("%s: in the last hour %v", name, got)
		}
		if got := today.has(row, c.now, c.in); got != c.today {
			t.Errorf("%s: today %v", name, got)
		}
		if got := len(topRows(map[string][]tally.Row{"a": {row}}, c.now, c.in, today)) == 1; got != (c.hour || c.today) {
			t.Errorf("%s: listed %v", name, got)
		}
	}
}

// TestTop_IsLive: what is counted meanwhile shows by itself, the hour goes on, and
// nothing is watched before the page is open or after.
func TestTop_IsLive(t *testing.T) {
	in(t, newBackend(nine()...), func(d *driver) {
		watches := func(want int) {
			t.Helper()
			if n := d.backend.count("WatchTally"); n != want {
				t.Errorf("%d watches were begun, want %d", n, want)
			}
		}
		ended := func(want bool) {
			t.Helper()
			if got := d.backend.tallyCtxs[len(d.backend.tallyCtxs)-1].Err() != nil; got != want {
				t.Errorf("the watch has ended: %v", got)
			}
		}
		d.press("down", "p", "esc")
		watches(0)
		d.press("t")
		d.shows("Nothing was served yet today.")
		d.hides("LAST HOUR", "o today")
		d.serves(served()...)
		d.shows("claude-cli")
		d.press("?")
		d.shows("Help › top", "today first")
		ended(false)
		d.serves(servedAgo(0, "id-work", "codex", tally.Counts{Requests: 5, Input: 12_345}))
		d.press("esc")
		d.shows("work", "codex", "12.3k")
		d.hides("claude-cli", "all")
		watches(1)
		d.wait(80 * time.Minute)
		if !regexp.MustCompile(`codex +– +– +– +– +5 +12.3k`).MatchString(d.text()) {
			t.Errorf("the hour has not gone on:\n%s", d.text())
		}
		d.wait(9 * time.Hour)
		d.shows("Nothing was served yet today.")
		d.press("esc")
		ended(true)
		late := d.backend.tallies[0]
		d.press("t")
		watches(2)
		ended(false)
		late <- []tally.Row{servedAgo(-10*time.Hour-20*time.Minute, "id-work", "codex", tally.Counts{Requests: 5})} // of now
		d.settle()
		d.hides("codex")
		d.press("q", ":", "u", "s", "e", "s", "enter")
		d.shows("Top ›")
		d.press("ctrl+c")
		ended(true)
	})
}

// TestTop_Columns: they go whole, the second span first, and no line is wider than
// the window.
func TestTop_Columns(t *testing.T) {
	in(t, newBackend(nine()...).serving(served()), func(d *driver) {
		d.press("home", "t")
		for w, want := range map[int]string{
			200: "REQUESTS IN OUT REFUSED REQUESTS IN OUT REFUSED",
			100: "REQUESTS IN OUT REFUSED REQUESTS IN OUT REFUSED",
			80:  "REQUESTS IN OUT REFUSED IN OUT",
			60:  "REQUESTS IN OUT REFUSED",
			50:  "REQUESTS IN OUT",
			40:  "REQUESTS",
		} {
			d.send(windowSize(w, 24))
			for _, line := range strings.Split(d.text(), "\n") {
				if cells.Width(line) > w {
					t.Errorf("%d: %q", w, line)
				}
				if fields := strings.Fields(line); len(fields) > 2 && fields[0] == "ACCOUNT" {
					if got := strings.Join(fields[2:], " "); got != want {
						t.Errorf("%d: %s, want %s", w, got, want)
					}
				}
			}
			d.shows("LAST HOUR")
			d.press("o")
			if w < 80 {
				d.hides("LAST HOUR")
			}
			d.shows("TODAY")
			d.press("o")
		}
	})
}

// TestTop_Many: of thousands those are listed that used most, and all are summed up.
func TestTop_Many(t *testing.T) {
	var rows []tally.Row
	for i := range 1234 {
		rows = append(rows, servedAgo(0, fmt.Sprint("account-", i), "codex", tally.Counts{Requests: 1, Input: uint64(i)}))
	}
	in(t, newBackend(nine()...).serving(rows), func(d *driver) {
		d.press("t")
		d.shows("account-1233", "1.2k", "760k")
		d.press("end")
		d.shows("account-1034", "And 1,034 more, which used less.")
		d.hides("account-1033")
	})
}

// Names come from programs, and break nothing.
func TestTop_NamesAreCut(t *testing.T) {
	in(t, newBackend(nine()...).serving([]tally.Row{servedAgo(0, "id-someone.with.a.long.name@example.com", strings.Repeat("程序", 40), tally.Counts{Requests: 1})}), func(d *driver) {
		for w := widget.MinWidth; w < 130; w++ {
			d.m.stack = nil
			d.send(windowSize(w, 24))
			d.press("t")
			for _, line := range d.m.frame().Lines {
				if cells.Width(line) > w {
					t.Fatalf("%d: %q", w, line)
				}
			}
		}
	})
}
